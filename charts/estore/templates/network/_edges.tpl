{{- /*
The allowed connections. Each line is one edge: from component, to component, port. The rules for
both ends follow from it.
*/ -}}
{{- define "estore.edges" -}}
- {from: user, to: verification, port: 8203}
- {from: user, to: payment, port: 8200}
- {from: verification, to: user, port: 8202}
- {from: inventory, to: user, port: 8202}
- {from: payment, to: user, port: 8202}
- {from: payment, to: inventory, port: 8201}
- {from: payment, to: verification, port: 8203}
- {from: bootstrap, to: user, port: 8202}
- {from: bootstrap, to: inventory, port: 8201}
- {from: bootstrap, to: payment, port: 8200}
{{- if .Values.storefront.enabled }}
{{- range $service, $port := include "estore.ports" . | fromYaml }}
- {from: storefront, to: {{ $service }}, port: {{ $port }}}
{{- end }}
{{- end }}
{{- if .Values.operator.enabled }}
- {from: operator, to: inventory, port: 8201}
{{- end }}
{{- include "estore.demoEdges" . }}
{{- if .Values.archive.enabled }}
- {from: archive, to: payment, port: 8200}
- {from: archive, to: inventory, port: 8201}
{{- end }}
{{- if .Values.postgres.enabled }}
{{- range list "user" "verification" "bootstrap" (ternary "backup" "" .Values.backup.enabled) | compact }}
- {from: {{ . }}, to: postgres, port: 5432}
{{- end }}
{{- end }}
{{- if .Values.redis.enabled }}
{{- range list "inventory" "payment" "bootstrap" (ternary "backup" "" .Values.backup.enabled) (ternary "audit" "" (ne (include "estore.hasAudit" .) "")) | compact }}
- {from: {{ . }}, to: redis, port: 6379}
{{- end }}
{{- end }}
{{- if include "estore.hasMailbox" . }}
- {from: verification, to: mail, port: 1025}
{{- end }}
{{- if .Values.tests.enabled }}
{{- range $service, $port := include "estore.publicPorts" . | fromYaml }}
- {from: test, to: {{ $service }}, port: {{ $port }}}
{{- end }}
{{- if include "estore.hasMailbox" . }}
- {from: test, to: mail, port: 1080}
{{- end }}
{{- end }}
{{- end -}}

{{- /* The edges of the demonstration. */ -}}
{{- define "estore.demoEdges" -}}
{{- if include "estore.isDemo" . }}
{{- $programs := include "estore.demoPorts" . | fromYaml }}
{{- $watched := include "estore.watchedPorts" . | fromYaml }}
{{- range $program, $port := $programs }}
- {from: storefront, to: {{ $program }}, port: {{ $port }}}
{{- end }}
- {from: chaos, to: payment, port: 8200}
{{- range $service, $port := include "estore.publicPorts" . | fromYaml }}
- {from: shopper, to: {{ $service }}, port: {{ $port }}}
{{- end }}
- {from: shopper, to: mail, port: 1080}
{{- if include "estore.hasPrometheus" . }}
- {from: storefront, to: prometheus, port: 9090}
{{- range $component, $port := $watched }}
- {from: prometheus, to: {{ $component }}, port: {{ add $port 100 }}}
{{- end }}
{{- end }}
{{- if include "estore.hasTraces" . }}
{{- range $component, $port := $watched }}
- {from: {{ $component }}, to: traces, port: 4318}
{{- end }}
{{- end }}
{{- if include "estore.hasGrafana" . }}
- {from: grafana, to: prometheus, port: 9090}
{{- if include "estore.hasTraces" . }}
- {from: grafana, to: traces, port: 16686}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* The components. */ -}}
{{- define "estore.components" -}}
- user
- verification
- inventory
- payment
- secrets
- bootstrap
{{- range $name, $there := dict "storefront" .Values.storefront.enabled "operator" .Values.operator.enabled "archive" .Values.archive.enabled "backup" .Values.backup.enabled "postgres" .Values.postgres.enabled "redis" .Values.redis.enabled "mail" (include "estore.hasMailbox" .) "test" .Values.tests.enabled "audit" (include "estore.hasAudit" .) "chaos" (include "estore.isDemo" .) "shopper" (include "estore.isDemo" .) "prometheus" (include "estore.hasPrometheus" .) "grafana" (include "estore.hasGrafana" .) "traces" (include "estore.hasTraces" .) }}
{{- if $there }}
- {{ $name }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "estore.toDns" -}}
{{- /* `helm upgrade --reuse-values` from an older chart brings no `dns`. */ -}}
{{- $system := dict "namespaceSelector" (dict "matchLabels" (dict "kubernetes.io/metadata.name" "kube-system")) -}}
{{- $port_53 := list (dict "port" 53 "protocol" "UDP") (dict "port" 53 "protocol" "TCP") -}}
{{- with .Values.networkPolicy.dns | default (dict "to" (list $system) "ports" $port_53) -}}
- to:
    {{- toYaml .to | nindent 4 }}
  ports:
    {{- toYaml .ports | nindent 4 }}
{{- end -}}
{{- end -}}

{{- /*
(dict "of" "the value's name" "cidrs" (list …) "ports" (list …)). To a policy an empty list means
everywhere, so this refuses one.
*/ -}}
{{- define "estore.toCidrs" -}}
{{- if not .cidrs }}{{ fail (printf "%s.cidrs is empty, which would allow every address: name networks, or set networkPolicy.enabled to false" .of) }}{{ end -}}
{{- if not .ports }}{{ fail (printf "%s.ports is empty, which would allow every port: name ports" .of) }}{{ end -}}
- to:
    {{- range .cidrs }}
    - ipBlock: {cidr: {{ . | quote }}}
    {{- end }}
  ports:
    {{- range .ports }}
    - {port: {{ int64 . }}, protocol: TCP}
    {{- end }}
{{- end -}}

{{- /*
The calls of a component outside of the release: (dict "root" $ "component" "payment").
*/ -}}
{{- define "estore.egressOutside" -}}
{{- $values := .root.Values -}}
{{- if has .component (list "secrets" "bootstrap" "operator" "chaos") }}
{{ include "estore.toCidrs" (dict "of" "networkPolicy.apiServer" "cidrs" $values.networkPolicy.apiServer.cidrs "ports" $values.networkPolicy.apiServer.ports) }}
{{- end }}
{{- if and (has .component (list "user" "verification" "bootstrap" "backup")) (not $values.postgres.enabled) }}
{{ include "estore.toCidrs" (dict "of" "postgres.external" "cidrs" $values.postgres.external.cidrs "ports" (list $values.postgres.external.port)) }}
{{- end }}
{{- if and (has .component (list "inventory" "payment" "bootstrap" "backup" "audit")) (not $values.redis.enabled) }}
{{ include "estore.toCidrs" (dict "of" "redis.external" "cidrs" $values.redis.external.cidrs "ports" (list $values.redis.external.port)) }}
{{- end }}
{{- if and (eq .component "verification") (not (include "estore.hasMailbox" .root)) }}
{{ include "estore.toCidrs" (dict "of" "networkPolicy.internet" "cidrs" $values.networkPolicy.internet.cidrs "ports" (list $values.smtp.port)) }}
{{- end }}
{{- if or (and (eq .component "payment") (eq $values.payment.gateway "stripe")) (and (eq .component "backup") $values.backup.s3.enabled) }}
{{ include "estore.toCidrs" (dict "of" "networkPolicy.internet" "cidrs" $values.networkPolicy.internet.cidrs "ports" (list 443)) }}
{{- end }}
{{- if and (has .component (list "user" "verification" "inventory" "payment" "storefront" "chaos" "shopper")) $values.telemetry.otlpEndpoint }}
{{- $url := urlParse $values.telemetry.otlpEndpoint }}
{{- $port := regexFind "[0-9]+$" (regexFind ":[0-9]+$" $url.host) | default (ternary "443" "80" (eq $url.scheme "https")) }}
{{- if not $values.networkPolicy.collector }}{{ fail "networkPolicy.collector is empty, which would allow every address: name the address of the collector" }}{{ end }}
- to:
    {{- toYaml $values.networkPolicy.collector | nindent 4 }}
  ports:
    - {port: {{ $port }}, protocol: TCP}
{{- end }}
{{- if and (has .component (list "user" "verification" "inventory" "payment" "storefront" "bootstrap" "backup" "audit")) $values.networkPolicy.extraEgress }}
{{ toYaml $values.networkPolicy.extraEgress }}
{{- end }}
{{- end -}}
