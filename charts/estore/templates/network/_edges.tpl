{{- /*
Who may speak with whom. Each line is one edge: from component, to component, port. Rules for both ends are made of it.
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
{{- if .Values.operator.enabled }}
- {from: operator, to: inventory, port: 8201}
{{- end }}
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
{{- range list "inventory" "payment" "bootstrap" (ternary "backup" "" .Values.backup.enabled) | compact }}
- {from: {{ . }}, to: redis, port: 6379}
{{- end }}
{{- end }}
{{- if .Values.mail.enabled }}
- {from: verification, to: mail, port: 1025}
{{- end }}
{{- if .Values.tests.enabled }}
{{- range $service, $port := include "estore.ports" . | fromYaml }}
- {from: test, to: {{ $service }}, port: {{ $port }}}
{{- end }}
{{- if .Values.mail.enabled }}
- {from: test, to: mail, port: 1080}
{{- end }}
{{- end }}
{{- end -}}

{{- /* Which components there are. */ -}}
{{- define "estore.components" -}}
- user
- verification
- inventory
- payment
- secrets
- bootstrap
{{- range $name, $there := dict "operator" .Values.operator.enabled "archive" .Values.archive.enabled "backup" .Values.backup.enabled "postgres" .Values.postgres.enabled "redis" .Values.redis.enabled "mail" .Values.mail.enabled "test" .Values.tests.enabled }}
{{- if $there }}
- {{ $name }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "estore.toCidrs" -}}
- to:
    {{- range .cidrs }}
    - ipBlock: {cidr: {{ . }}}
    {{- end }}
  ports:
    {{- range .ports }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
{{- end -}}

{{- /* What a component calls outside of the release: (dict "root" $ "component" "payment"). */ -}}
{{- define "estore.egressOutside" -}}
{{- $values := .root.Values -}}
{{- if has .component (list "secrets" "bootstrap" "operator") }}
{{ include "estore.toCidrs" $values.networkPolicy.apiServer }}
{{- end }}
{{- if and (has .component (list "user" "verification" "bootstrap" "backup")) (not $values.postgres.enabled) }}
{{ include "estore.toCidrs" (dict "cidrs" $values.postgres.external.cidrs "ports" (list $values.postgres.external.port)) }}
{{- end }}
{{- if and (has .component (list "inventory" "payment" "bootstrap" "backup")) (not $values.redis.enabled) }}
{{ include "estore.toCidrs" (dict "cidrs" $values.redis.external.cidrs "ports" (list $values.redis.external.port)) }}
{{- end }}
{{- if and (eq .component "verification") (not $values.mail.enabled) }}
{{ include "estore.toCidrs" (dict "cidrs" $values.networkPolicy.internet.cidrs "ports" (list $values.smtp.port)) }}
{{- end }}
{{- if or (and (eq .component "payment") (eq $values.payment.gateway "stripe")) (and (eq .component "backup") $values.backup.s3.enabled) }}
{{ include "estore.toCidrs" (dict "cidrs" $values.networkPolicy.internet.cidrs "ports" (list 443)) }}
{{- end }}
{{- if and (has .component (list "user" "verification" "inventory" "payment")) $values.telemetry.otlpEndpoint }}
{{- $url := urlParse $values.telemetry.otlpEndpoint }}
{{- $port := regexFind "[0-9]+$" (regexFind ":[0-9]+$" $url.host) | default (ternary "443" "80" (eq $url.scheme "https")) }}
- to:
    {{- toYaml $values.networkPolicy.collector | nindent 4 }}
  ports:
    - {port: {{ $port }}, protocol: TCP}
{{- end }}
{{- if and (has .component (list "user" "verification" "inventory" "payment")) $values.networkPolicy.extraEgress }}
{{ toYaml $values.networkPolicy.extraEgress }}
{{- end }}
{{- end -}}
