{{- /* The files that Redis starts with: its configuration, its users' rules, its scripts. */ -}}
{{- define "estore.redisConfig" -}}
redis.conf: |
  dir /data
  aclfile /run/redis/users.acl
  {{- if .Values.redis.tls.enabled }}
  port 0
  tls-port 6379
  tls-cert-file /etc/estore/tls/tls.crt
  tls-key-file /etc/estore/tls/tls.key
  tls-ca-cert-file /etc/estore/tls/ca.crt
  # Who somebody is, passwords tell.
  tls-auth-clients no
  {{- else }}
  port 6379
  {{- end }}
  # What was answered is on disk (order-flow section 1): services are not ready on a server that is set otherwise.
  appendonly yes
  appendfsync always
  no-appendfsync-on-rewrite no
  aof-load-truncated yes
  save ""
  maxmemory {{ .Values.redis.maxmemory }}
  maxmemory-policy noeviction
  {{- range $name, $value := .Values.redis.settings }}
  {{ $name }} {{ $value }}
  {{- end }}
{{- range $path, $content := .Files.Glob "files/redis/*" }}
{{ base $path }}: |
  {{- $content | toString | trim | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* Postgres's: who may connect, and how. */ -}}
{{- define "estore.postgresConfig" -}}
pg_hba.conf: |
  local all all scram-sha-256
  {{ ternary "hostssl" "host" .Values.postgres.tls.enabled }} all all all scram-sha-256
{{- end -}}

{{- define "estore.postgresArguments" -}}
- -c
- hba_file=/etc/estore/postgres/pg_hba.conf
- -c
- max_connections={{ .Values.postgres.maxConnections }}
{{- if .Values.postgres.tls.enabled }}
- -c
- ssl=on
- -c
- ssl_cert_file=/etc/estore/tls/tls.crt
- -c
- ssl_key_file=/etc/estore/tls/tls.key
{{- end }}
{{- range $name, $value := .Values.postgres.settings }}
- -c
- {{ printf "%s=%v" $name $value | quote }}
{{- end }}
{{- end -}}
