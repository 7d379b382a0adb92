{{- /* What things are called, and how they are marked. */ -}}

{{- define "estore.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* By which its pods are selected: (dict "root" $ "component" "user"). */ -}}
{{- define "estore.selector" -}}
app.kubernetes.io/name: estore
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "estore.labels" -}}
{{ include "estore.selector" . }}
app.kubernetes.io/part-of: estore
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* The head of every object: (dict "root" $ "component" "user" "name" "estore-user" "annotations" (dict …)). */ -}}
{{- define "estore.metadata" -}}
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "estore.labels" . | nindent 4 }}
    {{- with .labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with merge (dict) (.annotations | default dict) .root.Values.commonAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- /* An image of ours: (dict "root" $ "name" "user"). */ -}}
{{- define "estore.image" -}}
{{- with .root.Values.image -}}
{{ .registry }}/{{ .repository }}/{{ $.name }}:{{ .tag | default $.root.Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- /* An image of others: its `image` value. */ -}}
{{- define "estore.imageOf" -}}
{{ .registry }}/{{ .repository }}:{{ .tag }}
{{- end -}}

{{- /* Which Secret and key: (dict "root" $ "credential" "jwt") answers {secret, key}. */ -}}
{{- define "estore.credential" -}}
{{- $owners := dict "postgres" "postgres" "userDatabase" "user" "verificationDatabase" "verification" "jwt" "user" "passwordPeppers" "user" "cardKeys" "payment" "inventoryRedis" "inventory" "paymentRedis" "payment" "bootstrapRedis" "bootstrap" "redisAdmin" "redis" "admin" "bootstrap" -}}
{{- $value := index .root.Values.credentials .credential -}}
{{- $own := printf "%s-%s" (include "estore.fullname" .root) (index $owners .credential) -}}
secret: {{ $value.existingSecret | default $own }}
key: {{ $value.key }}
{{- end -}}

{{- /* The Secret with a certificate: (dict "root" $ "of" "user"). */ -}}
{{- define "estore.certificate" -}}
{{- index .root.Values.certificates.existingSecrets .of | default (printf "%s-%s-tls" (include "estore.fullname" .root) .of) -}}
{{- end -}}

{{- /* The public ports; management is 100 above, internal 200. */ -}}
{{- define "estore.ports" -}}
payment: 8000
inventory: 8001
user: 8002
verification: 8003
{{- end -}}

{{- /* What of a service's own values and of `defaults` holds: (dict "root" $ "service" "user"). */ -}}
{{- define "estore.serviceValues" -}}
{{- mergeOverwrite (deepCopy .root.Values.defaults) (deepCopy (index .root.Values.services .service)) | toYaml -}}
{{- end -}}
