{{- /*
What `demo.enabled` changes elsewhere. Each of these returns a text, or nothing for "no".
An upgrade with `--reuse-values` from an older chart brings neither `demo` nor `audit`.
*/ -}}

{{- define "estore.isDemo" -}}
{{- if (.Values.demo).enabled -}}
{{- if ne .Values.payment.gateway "sandbox" }}{{ fail "demo.enabled injects faults and orders by itself, so payment.gateway must be sandbox" }}{{ end -}}
{{- if not .Values.storefront.enabled }}{{ fail "demo.enabled shows itself on the storefront's page /engine: set storefront.enabled to true" }}{{ end -}}
true
{{- end -}}
{{- end -}}

{{- /* The demonstration's mailbox verifies the accounts of its buyers. */ -}}
{{- define "estore.hasMailbox" -}}
{{- if or .Values.mail.enabled (include "estore.isDemo" .) }}true{{ end -}}
{{- end -}}

{{- define "estore.hasAudit" -}}
{{- if or (.Values.audit).enabled (include "estore.isDemo" .) }}true{{ end -}}
{{- end -}}

{{- define "estore.hasPrometheus" -}}
{{- if and (include "estore.isDemo" .) .Values.demo.prometheus.enabled }}true{{ end -}}
{{- end -}}

{{- define "estore.hasGrafana" -}}
{{- if and (include "estore.hasPrometheus" .) .Values.demo.grafana.enabled }}true{{ end -}}
{{- end -}}

{{- /* A collector of the operator's own is preferred. */ -}}
{{- define "estore.hasTraces" -}}
{{- if and (include "estore.isDemo" .) .Values.demo.traces.enabled (not .Values.telemetry.otlpEndpoint) }}true{{ end -}}
{{- end -}}

{{- /* Returns the collector of traces, the sampler and its argument. */ -}}
{{- define "estore.tracing" -}}
{{- if include "estore.hasTraces" . -}}
endpoint: http://{{ include "estore.fullname" . }}-traces:4318
sampler: parentbased_traceidratio
ratio: {{ .Values.demo.traces.ratio }}
{{- else -}}
endpoint: {{ include "estore.text" .Values.telemetry.otlpEndpoint | quote }}
sampler: {{ .Values.telemetry.sampler }}
ratio: {{ .Values.telemetry.ratio }}
{{- end -}}
{{- end -}}

{{- /*
The demonstration's own programs that serve an API, and their public ports; management is 100 above.
*/ -}}
{{- define "estore.demoPorts" -}}
{{- if include "estore.isDemo" . -}}
chaos: 8086
shopper: 8087
{{- else -}}
{}
{{- end -}}
{{- end -}}

{{- /* The public ports of all programs whose metrics are read; management is 100 above. */ -}}
{{- define "estore.watchedPorts" -}}
{{- merge (include "estore.publicPorts" . | fromYaml) (include "estore.demoPorts" . | fromYaml) | toYaml -}}
{{- end -}}

{{- /* The pages that people open beside the shop, with the ports of their pods. */ -}}
{{- define "estore.pagePorts" -}}
{{- if include "estore.hasMailbox" . }}
mail: 1080
{{- end }}
{{- if include "estore.hasGrafana" . }}
grafana: 3000
{{- end }}
{{- if include "estore.hasTraces" . }}
traces: 16686
{{- end }}
{{- end -}}

{{- /* The storefront's settings for the page `/engine`. */ -}}
{{- define "estore.engineEnv" -}}
{{- $full := include "estore.fullname" . -}}
- {name: ENGINE, value: "true"}
- {name: CHAOS_URL, value: "http://{{ $full }}-chaos:8086"}
- {name: SHOPPER_URL, value: "http://{{ $full }}-shopper:8087"}
{{- if include "estore.hasPrometheus" . }}
- {name: PROMETHEUS_URL, value: "http://{{ $full }}-prometheus:9090"}
{{- with .Values.demo.links.prometheus }}
- {name: PROMETHEUS_LINK, value: {{ . | quote }}}
{{- end }}
{{- end }}
{{- if and (include "estore.hasGrafana" .) .Values.demo.links.grafana }}
- {name: GRAFANA_LINK, value: {{ .Values.demo.links.grafana | quote }}}
{{- end }}
{{- if and (include "estore.hasTraces" .) .Values.demo.links.traces }}
- {name: TRACES_LINK, value: {{ .Values.demo.links.traces | quote }}}
{{- end }}
{{- with .Values.demo.links.mailbox }}
- {name: MAILBOX_LINK, value: {{ . | quote }}}
{{- end }}
{{- end -}}

{{- /* The beginning of a pod of the demonstration: (dict "root" $ "name" … "who" "programs"). */ -}}
{{- define "estore.demoPod" -}}
serviceAccountName: {{ .name }}
automountServiceAccountToken: {{ .token | default false }}
enableServiceLinks: false
securityContext:
  {{- include "estore.podSecurity" . | nindent 2 }}
{{- include "estore.pullSecrets" .root }}
{{- include "estore.placement" .root.Values.demo }}
{{- end -}}

{{- /*
One of our programs in the demonstration: its ServiceAccount, Service and Deployment. (dict "root" $
"service" "chaos" "args" (list …) "token" true "env" "…" "mounts" "…" "volumes" "…")
*/ -}}
{{- define "estore.demoProgram" -}}
{{- $root := .root -}}
{{- $port := index (include "estore.demoPorts" $root | fromYaml) .service | int -}}
{{- $values := index $root.Values.demo (ternary "load" .service (eq .service "shopper")) -}}
{{- $name := printf "%s-%s" (include "estore.fullname" $root) .service -}}
{{- $of := dict "root" $root "component" .service "service" .service "of" .service "name" $name -}}
apiVersion: v1
kind: ServiceAccount
{{ include "estore.metadata" $of }}
automountServiceAccountToken: false
---
apiVersion: v1
kind: Service
{{ include "estore.metadata" (merge (dict "labels" (dict "estore.dev/face" "internal")) $of) }}
spec:
  {{- if eq .service "shopper" }}
  # Each pod, also before it is ready, is a proxy that the services trust (TRUSTED_PROXIES).
  clusterIP: None
  publishNotReadyAddresses: true
  {{- end }}
  ports:
    - {name: http, port: {{ $port }}, targetPort: http, appProtocol: http}
    - {name: management, port: {{ add $port 100 }}, targetPort: management, appProtocol: http}
  selector:
    {{- include "estore.selector" $of | nindent 4 }}
---
apiVersion: apps/v1
kind: Deployment
{{ include "estore.metadata" $of }}
spec:
  replicas: 1
  revisionHistoryLimit: 1
  # Its state is in memory: two would each know half of it.
  strategy: {type: Recreate}
  selector:
    matchLabels:
      {{- include "estore.selector" $of | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "estore.labels" $of | nindent 8 }}
    spec:
      {{- include "estore.demoPod" (dict "root" $root "name" $name "who" "programs" "token" .token) | nindent 6 }}
      containers:
        - name: {{ .service }}
          image: {{ include "estore.image" (dict "root" $root "name" .service) }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          {{- with .args }}
          args: {{ toJson . }}
          {{- end }}
          securityContext:
            {{- include "estore.containerSecurity" $root | nindent 12 }}
          ports:
            - {name: http, containerPort: {{ $port }}}
            - {name: management, containerPort: {{ add $port 100 }}}
          env:
            {{- include "estore.commonEnv" (merge (dict "port" $port "drain" 0) $of) | nindent 12 }}
            {{- .env | nindent 12 }}
          startupProbe:
            httpGet: {path: /health, port: management}
            periodSeconds: 1
            failureThreshold: 60
          readinessProbe:
            httpGet: {path: /ready, port: management}
            periodSeconds: 2
          livenessProbe:
            httpGet: {path: /health, port: management}
            periodSeconds: 10
            timeoutSeconds: 2
          resources:
            {{- toYaml $values.resources | nindent 12 }}
          volumeMounts:
            {{- .mounts | nindent 12 }}
      volumes:
        {{- .volumes | nindent 8 }}
{{- end -}}
