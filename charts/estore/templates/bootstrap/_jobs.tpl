{{- /* The pod of `bootstrap secrets`. */ -}}
{{- define "estore.secretsPod" -}}
{{- $of := dict "root" . "component" "secrets" -}}
metadata:
  labels:
    {{- include "estore.labels" $of | nindent 4 }}
    {{- with .Values.bootstrap.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.bootstrap.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "estore.fullname" . }}-secrets
  automountServiceAccountToken: true
  enableServiceLinks: false
  restartPolicy: Never
  securityContext:
    {{- include "estore.podSecurity" (dict "user" 65532) | nindent 4 }}
  {{- include "estore.pullSecrets" . | nindent 2 }}
  {{- include "estore.placement" .Values.bootstrap | nindent 2 }}
  containers:
    - name: secrets
      image: {{ include "estore.image" (dict "root" . "name" "bootstrap") }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args: [secrets]
      securityContext:
        {{- include "estore.containerSecurity" . | nindent 8 }}
      env:
        - name: POD_NAMESPACE
          valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
        - name: SECRETS_PLAN
          value: {{ include "estore.secretsPlan" . | quote }}
        {{- with .Values.bootstrap.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      resources:
        {{- toYaml .Values.bootstrap.resources | nindent 8 }}
{{- end -}}

{{- /* What a container with bootstrap's access to the stores has. */ -}}
{{- define "estore.bootstrapEnv" -}}
- name: POD_NAMESPACE
  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
{{- include "estore.peerEnv" . }}
{{- include "estore.redisEnv" . }}
- {name: REDIS_USERNAME, value: bootstrap}
- {name: REDIS_PASSWORD_FILE, value: /etc/estore/secrets/redis-password}
- {name: REDIS_DB_INVENTORY, value: {{ .Values.redis.inventoryDatabase | quote }}}
- {name: REDIS_DB_PAYMENT, value: {{ .Values.redis.paymentDatabase | quote }}}
{{- include "estore.databaseEnv" (dict "root" . "of" "user" "suffix" "_USER") }}
{{- include "estore.databaseEnv" (dict "root" . "of" "verification" "suffix" "_VERIFICATION") }}
{{- end -}}

{{- define "estore.bootstrapSecrets" -}}
{{ include "estore.secretFile" (dict "root" . "credential" "bootstrapRedis" "path" "redis-password") }}
{{ include "estore.databaseSecret" (dict "root" . "of" "user") }}
{{ include "estore.databaseSecret" (dict "root" . "of" "verification") }}
{{- end -}}

{{- /* The pod of `bootstrap run`. */ -}}
{{- define "estore.bootstrapPod" -}}
{{- $full := include "estore.fullname" . -}}
{{- $of := dict "root" . "component" "bootstrap" "of" "bootstrap" -}}
metadata:
  labels:
    {{- include "estore.labels" $of | nindent 4 }}
    {{- with .Values.bootstrap.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # Another catalogue is another job.
    checksum/catalog: {{ include "estore.catalog" . | sha256sum }}
    {{- with .Values.bootstrap.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ $full }}-bootstrap
  automountServiceAccountToken: true
  enableServiceLinks: false
  restartPolicy: Never
  securityContext:
    {{- include "estore.podSecurity" (dict "user" 65532) | nindent 4 }}
  {{- include "estore.pullSecrets" . | nindent 2 }}
  {{- include "estore.placement" .Values.bootstrap | nindent 2 }}
  containers:
    - name: bootstrap
      image: {{ include "estore.image" (dict "root" . "name" "bootstrap") }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args: [run]
      securityContext:
        {{- include "estore.containerSecurity" . | nindent 8 }}
      env:
        {{- include "estore.bootstrapEnv" . | nindent 8 }}
        - {name: BOOTSTRAP_LEASE, value: {{ $full }}-bootstrap}
        - {name: BOOTSTRAP_STATUS, value: {{ $full }}-bootstrap-status}
        {{- if .Values.postgres.enabled }}
        - {name: POSTGRES_ADMIN_URL, value: "postgresql://postgres@{{ $full }}-postgres:5432/postgres?{{ include "estore.sslmode" . }}"}
        - {name: POSTGRES_ADMIN_PASSWORD_FILE, value: /etc/estore/secrets/postgres-password}
        {{- end }}
        - {name: ADMIN_EMAIL, value: {{ .Values.admin.email }}}
        - {name: ADMIN_PASSWORD_FILE, value: /etc/estore/secrets/admin-password}
        {{- if .Values.catalog.enabled }}
        - {name: CATALOG_DIR, value: /etc/estore/catalog}
        {{- end }}
        {{- with .Values.bootstrap.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      resources:
        {{- toYaml .Values.bootstrap.resources | nindent 8 }}
      volumeMounts:
        - {name: secrets, mountPath: /etc/estore/secrets, readOnly: true}
        - {name: tls, mountPath: /etc/estore/tls, readOnly: true}
        {{- include "estore.externalAuthorityMounts" . | nindent 8 }}
        {{- if .Values.catalog.enabled }}
        - {name: catalog, mountPath: /etc/estore/catalog, readOnly: true}
        {{- end }}
  volumes:
    - name: secrets
      projected:
        defaultMode: 0440
        sources:
          {{- include "estore.bootstrapSecrets" . | nindent 10 }}
          {{- include "estore.secretFile" (dict "root" . "credential" "admin" "path" "admin-password") | nindent 10 }}
          {{- if .Values.postgres.enabled }}
          {{- include "estore.secretFile" (dict "root" . "credential" "postgres" "path" "postgres-password") | nindent 10 }}
          {{- end }}
    {{- include "estore.tlsVolume" $of | nindent 4 }}
    {{- include "estore.externalAuthorities" . | nindent 4 }}
    {{- if .Values.catalog.enabled }}
    - name: catalog
      configMap: {name: {{ .Values.catalog.existingConfigMap | default (printf "%s-catalog" $full) }}}
    {{- end }}
{{- end -}}

{{- /* Exit codes (sysexits): what no repeat can mend ends the job at once. */ -}}
{{- define "estore.failurePolicy" -}}
rules:
  - action: FailJob
    onExitCodes: {operator: In, values: [78]}
{{- end -}}

{{- define "estore.catalog" -}}
{{- range $path, $content := .Files.Glob "files/catalog/**" }}
{{ base $path }}: |
  {{- $content | toString | trim | nindent 2 }}
{{- end }}
{{- end -}}
