{{- /*
The Jobs of a release. Their pods cannot be changed, and they do not run twice. So the hook deletes
them before each revision creates its own with the same names.
A name with a hash or a revision would leave Jobs behind, and helm would take them for those of a
later revision.
*/ -}}
{{- define "estore.replacedJobs" -}}
{{- $full := include "estore.fullname" . -}}
{{- $jobs := list (printf "%s-bootstrap" $full) -}}
{{- range $name, $values := dict "backup" .Values.backup "archive" .Values.archive -}}
{{- if and $values.enabled (not $values.persistence.existingClaim) -}}
{{- $jobs = append $jobs (printf "%s-%s-volume" $full $name) -}}
{{- end -}}
{{- end -}}
{{- $jobs | join "," -}}
{{- end -}}

{{- define "estore.secretsEnv" -}}
- name: POD_NAMESPACE
  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
- name: SECRETS_PLAN
  value: {{ include "estore.secretsPlan" .root | quote }}
{{- if .replaces }}
- {name: REPLACED_JOBS, value: {{ include "estore.replacedJobs" .root | quote }}}
{{- end }}
{{- end -}}

{{- /*
The pod of `bootstrap secrets`. With (dict "root" $ "replaces" true) it also deletes the old Jobs
for those of this revision.
*/ -}}
{{- define "estore.secretsPod" -}}
{{- $replaces := .replaces -}}
{{- with .root -}}
{{- $of := dict "root" . "component" "secrets" -}}
metadata:
  labels:
    {{- include "estore.labels" (merge (dict "more" .Values.bootstrap.podLabels) $of) | nindent 4 }}
  {{- with .Values.bootstrap.podAnnotations }}
  annotations:
    {{- include "estore.texts" . | trim | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "estore.fullname" . }}-secrets
  automountServiceAccountToken: true
  enableServiceLinks: false
  restartPolicy: Never
  securityContext:
    {{- include "estore.podSecurity" (dict "root" . "who" "programs") | nindent 4 }}
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
        {{- $variables := include "estore.secretsEnv" (dict "root" . "replaces" $replaces) | fromYamlArray }}
        {{- include "estore.once" (dict "variables" (concat $variables .Values.bootstrap.extraEnv)) | nindent 8 }}
      resources:
        {{- toYaml .Values.bootstrap.resources | nindent 8 }}
{{- end -}}
{{- end -}}

{{- /* The environment of a container with bootstrap's access to the stores. */ -}}
{{- define "estore.bootstrapEnv" -}}
- name: POD_NAMESPACE
  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
{{- include "estore.peerEnv" . }}
{{- include "estore.redisEnv" . }}
- {name: REDIS_USERNAME, value: bootstrap}
- {name: REDIS_PASSWORD_FILE, value: /etc/estore/secrets/redis-password}
- {name: REDIS_DB_INVENTORY, value: {{ include "estore.text" .Values.redis.inventoryDatabase | quote }}}
- {name: REDIS_DB_PAYMENT, value: {{ include "estore.text" .Values.redis.paymentDatabase | quote }}}
{{- include "estore.databaseEnv" (dict "root" . "of" "user" "suffix" "_USER") }}
{{- include "estore.databaseEnv" (dict "root" . "of" "verification" "suffix" "_VERIFICATION") }}
{{- end -}}

{{- define "estore.bootstrapSecrets" -}}
{{ include "estore.secretFile" (dict "root" . "credential" "bootstrapRedis" "path" "redis-password") }}
{{ include "estore.databaseSecret" (dict "root" . "of" "user") }}
{{ include "estore.databaseSecret" (dict "root" . "of" "verification") }}
{{- end -}}

{{- /* The variables of `bootstrap run`. */ -}}
{{- define "estore.runEnv" -}}
{{- $full := include "estore.fullname" . -}}
{{- include "estore.bootstrapEnv" . }}
- {name: BOOTSTRAP_STATUS, value: {{ $full }}-bootstrap-status}
- {name: OBJECT_LABELS, value: "app.kubernetes.io/name=estore,app.kubernetes.io/instance={{ .Release.Name }},app.kubernetes.io/component=bootstrap"}
{{- if .Values.postgres.enabled }}
- {name: POSTGRES_ADMIN_URL, value: "postgresql://postgres@{{ $full }}-postgres:5432/postgres?{{ include "estore.sslmode" . }}"}
- {name: POSTGRES_ADMIN_PASSWORD_FILE, value: /etc/estore/secrets/postgres-password}
{{- end }}
- {name: ADMIN_EMAIL, value: {{ include "estore.text" .Values.admin.email | quote }}}
- {name: ADMIN_PASSWORD_FILE, value: /etc/estore/secrets/admin-password}
{{- if .Values.catalog.enabled }}
- {name: CATALOG_DIR, value: /etc/estore/catalog}
{{- end }}
{{- end -}}

{{- /* The pod of `bootstrap run`. */ -}}
{{- define "estore.bootstrapPod" -}}
{{- $full := include "estore.fullname" . -}}
{{- $of := dict "root" . "component" "bootstrap" "of" "bootstrap" -}}
metadata:
  labels:
    {{- include "estore.labels" (merge (dict "more" .Values.bootstrap.podLabels) $of) | nindent 4 }}
  {{- with .Values.bootstrap.podAnnotations }}
  annotations:
    {{- include "estore.texts" . | trim | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ $full }}-bootstrap
  automountServiceAccountToken: true
  enableServiceLinks: false
  restartPolicy: Never
  securityContext:
    {{- include "estore.podSecurity" (dict "root" . "who" "programs") | nindent 4 }}
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
        {{- $variables := include "estore.runEnv" . | fromYamlArray }}
        {{- include "estore.once" (dict "variables" (concat $variables .Values.bootstrap.extraEnv)) | nindent 8 }}
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

{{- /* Exit codes (sysexits): an error that no retry can fix ends the job at once. */ -}}
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
