{{- /* The access of pods to the stores. */ -}}

{{- define "estore.redisEnv" -}}
{{- if .Values.redis.enabled }}
- {name: REDIS_HOST, value: {{ include "estore.fullname" . }}-redis}
- {name: REDIS_PORT, value: "6379"}
{{- else }}
- {name: REDIS_HOST, value: {{ include "estore.text" (required "redis.external.host must be set if redis.enabled is false" .Values.redis.external.host) | quote }}}
- {name: REDIS_PORT, value: {{ include "estore.text" .Values.redis.external.port | quote }}}
{{- end }}
- {name: REDIS_TLS, value: {{ include "estore.text" .Values.redis.tls.enabled | quote }}}
{{- if .Values.redis.tls.enabled }}
- {name: REDIS_TLS_CA, value: /etc/estore/{{ ternary "redis-ca" "tls" (and (not .Values.redis.enabled) (ne .Values.redis.external.caSecret "")) }}/ca.crt}
{{- end }}
{{- end -}}

{{- /*
The variables of a database: (dict "root" $ "of" "user" "suffix" "_USER"). Its password, or the
whole URL, is in a file.
*/ -}}
{{- define "estore.databaseEnv" -}}
{{- $external := index .root.Values.postgres.external .of -}}
{{- if .root.Values.postgres.enabled }}
- name: DATABASE_URL{{ .suffix }}
  value: postgresql://{{ .of }}_service@{{ include "estore.fullname" .root }}-postgres:5432/{{ .of }}db?{{ include "estore.sslmode" .root }}
- {name: DATABASE_PASSWORD{{ .suffix }}_FILE, value: /etc/estore/secrets/{{ .of }}-database-password}
{{- else if $external.existingSecret }}
- {name: DATABASE_URL{{ .suffix }}_FILE, value: /etc/estore/secrets/{{ .of }}-database-url}
{{- else }}
- name: DATABASE_URL{{ .suffix }}
  value: {{ required (printf "postgres.external.%s.url or .existingSecret must be set if postgres.enabled is false" .of) $external.url }}
- {name: DATABASE_PASSWORD{{ .suffix }}_FILE, value: /etc/estore/secrets/{{ .of }}-database-password}
{{- end }}
{{- end -}}

{{- /*
Returns the maximum of connections of User and Verification during a rollout, which adds a pod to
each.
*/ -}}
{{- define "estore.connections" -}}
{{- $root := . -}}
{{- $connections := 0 -}}
{{- range $service := list "user" "verification" -}}
{{- with include "estore.serviceValues" (dict "root" $root "service" $service) | fromYaml -}}
{{- $pool := get (.env | default dict) "DATABASE_POOL" | default 10 -}}
{{- range .extraEnv }}{{ if and (eq .name "DATABASE_POOL") .value }}{{ $pool = .value }}{{ end }}{{ end -}}
{{- $pods := ternary .autoscaling.maxReplicas .replicas .autoscaling.enabled -}}
{{- $connections = add $connections (mul (add1 (int64 $pods)) (int64 $pool)) -}}
{{- end -}}
{{- end -}}
{{- $connections -}}
{{- end -}}

{{- define "estore.sslmode" -}}
{{- if .Values.postgres.tls.enabled -}}
sslmode=verify-full&sslrootcert=/etc/estore/tls/ca.crt
{{- else -}}
sslmode=disable
{{- end -}}
{{- end -}}

{{- /* The file that goes with `estore.databaseEnv`: (dict "root" $ "of" "user"). */ -}}
{{- define "estore.databaseSecret" -}}
{{- $external := index .root.Values.postgres.external .of -}}
{{- if and (not .root.Values.postgres.enabled) $external.existingSecret -}}
- secret:
    name: {{ $external.existingSecret }}
    items: [{key: {{ $external.key }}, path: {{ .of }}-database-url}]
{{- else -}}
{{ include "estore.secretFile" (dict "root" .root "credential" (printf "%sDatabase" .of) "path" (printf "%s-database-password" .of)) }}
{{- end -}}
{{- end -}}

{{- /* The CAs of stores that run elsewhere. */ -}}
{{- define "estore.externalAuthorities" -}}
{{- with .Values.postgres }}
{{- if and (not .enabled) .external.caSecret }}
- name: postgres-ca
  secret: {secretName: {{ .external.caSecret }}, items: [{key: {{ .external.caKey }}, path: ca.crt}]}
{{- end }}
{{- end }}
{{- with .Values.redis }}
{{- if and (not .enabled) .external.caSecret }}
- name: redis-ca
  secret: {secretName: {{ .external.caSecret }}, items: [{key: {{ .external.caKey }}, path: ca.crt}]}
{{- end }}
{{- end }}
{{- end -}}

{{- define "estore.externalAuthorityMounts" -}}
{{- with .Values.postgres }}
{{- if and (not .enabled) .external.caSecret }}
- {name: postgres-ca, mountPath: /etc/estore/postgres-ca, readOnly: true}
{{- end }}
{{- end }}
{{- with .Values.redis }}
{{- if and (not .enabled) .external.caSecret }}
- {name: redis-ca, mountPath: /etc/estore/redis-ca, readOnly: true}
{{- end }}
{{- end }}
{{- end -}}

{{- /*
A replica of a database, if there is one: (dict "root" $ "of" "user"). Its role is that of the
database.
*/ -}}
{{- define "estore.replicaEnv" -}}
{{- $external := index .root.Values.postgres.external .of -}}
{{- with index .root.Values.postgres.replica (printf "%sUrl" .of) }}
- {name: DATABASE_REPLICA_URL, value: {{ include "estore.text" . | quote }}}
{{- if or $.root.Values.postgres.enabled (not $external.existingSecret) }}
- {name: DATABASE_REPLICA_PASSWORD_FILE, value: /etc/estore/secrets/{{ $.of }}-database-password}
{{- end }}
{{- end }}
{{- end -}}
