{{- /* The common parts of backups and restores. */ -}}

{{- /*
One user for all of a backup's containers, the same as Redis's: only their owner can read the files.
*/ -}}
{{- define "estore.backupPodSpec" -}}
serviceAccountName: {{ include "estore.fullname" .root }}-backup
automountServiceAccountToken: false
enableServiceLinks: false
restartPolicy: Never
securityContext:
  {{- include "estore.podSecurity" (dict "root" .root "who" "redis") | nindent 2 }}
{{- include "estore.pullSecrets" .root }}
{{- include "estore.placement" .root.Values.bootstrap }}
{{- end -}}

{{- define "estore.backupClaim" -}}
{{ .Values.backup.persistence.existingClaim | default (printf "%s-backup" (include "estore.fullname" .)) }}
{{- end -}}

{{- define "estore.backupVolumes" -}}
- name: backup
  persistentVolumeClaim: {claimName: {{ include "estore.backupClaim" . }}}
- name: scripts
  configMap: {name: {{ include "estore.fullname" . }}-backup}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- include "estore.bootstrapSecrets" . | nindent 6 }}
      {{- include "estore.secretFile" (dict "root" . "credential" "redisAdmin" "path" "redis-admin-password") | nindent 6 }}
{{- include "estore.tlsVolume" (dict "root" . "of" "bootstrap") | nindent 0 }}
{{- include "estore.externalAuthorities" . }}
{{- end -}}

{{- /*
A container: (dict "root" $ "name" "redis" "image" … "command" (list …) "env" "…" "mounts" "…"
"resources" …). The last is that of a backup by default.
*/ -}}
{{- define "estore.backupContainer" -}}
- name: {{ .name }}
  image: {{ .image }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  {{- with .command }}
  command: {{ toJson . }}
  {{- end }}
  {{- with .args }}
  args: {{ toJson . }}
  {{- end }}
  securityContext:
    {{- include "estore.containerSecurity" . | nindent 4 }}
  env:
    - {name: BACKUP_DIR, value: /var/lib/estore/backup}
    - {name: BACKUP_KEEP, value: {{ include "estore.text" .root.Values.backup.keep | quote }}}
    - {name: BACKUP_NAME, value: {{ include "estore.text" .root.Values.backup.restore | quote }}}
    {{- .env | nindent 4 }}
  resources:
    {{- toYaml (.resources | default .root.Values.backup.resources) | nindent 4 }}
  volumeMounts:
    - {name: backup, mountPath: /var/lib/estore/backup}
    - {name: scripts, mountPath: /backup, readOnly: true}
    - {name: secrets, mountPath: /etc/estore/secrets, readOnly: true}
    - {name: tls, mountPath: /etc/estore/tls, readOnly: true}
    - {name: tmp, mountPath: /tmp}
    {{- include "estore.externalAuthorityMounts" .root | nindent 4 }}
    {{- with .mounts }}
    {{- . | nindent 4 }}
    {{- end }}
{{- end -}}

{{- define "estore.databasesEnv" -}}
{{- include "estore.databaseEnv" (dict "root" . "of" "user" "suffix" "_USER") }}
{{- include "estore.databaseEnv" (dict "root" . "of" "verification" "suffix" "_VERIFICATION") }}
{{- end -}}
