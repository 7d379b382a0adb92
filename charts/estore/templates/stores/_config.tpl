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
  # Passwords authenticate clients, so they need no certificate.
  tls-auth-clients no
  {{- else }}
  port 6379
  {{- end }}
  # An answered write is on disk (order-flow section 1): services are not ready on a server with
  # other settings.
  appendonly yes
  appendfsync always
  no-appendfsync-on-rewrite no
  aof-load-truncated yes
  save ""
  maxmemory {{ .Values.redis.maxmemory }}
  maxmemory-policy noeviction
  {{- range $name, $value := .Values.redis.settings }}
  {{ $name }} {{ include "estore.text" $value }}
  {{- end }}
{{- $has_audit := include "estore.hasAudit" . }}
{{- range $path, $content := .Files.Glob "files/redis/*" }}
{{- if or $has_audit (ne (base $path) "auditor.acl") }}
{{ base $path }}: |
  {{- $content | toString | trim | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* Postgres's files: the rules for connections, the name of its user, its scripts. */ -}}
{{- define "estore.postgresConfig" -}}
pg_hba.conf: |
  local all all scram-sha-256
  {{ ternary "hostssl" "host" .Values.postgres.tls.enabled }} all all all scram-sha-256
{{- if include "estore.namesPostgres" . }}
passwd: |
  postgres:x:{{ int64 .Values.runAs.postgres }}:{{ int64 .Values.runAs.postgres }}::/tmp:/bin/sh
{{- end }}
{{- range $path, $content := .Files.Glob "files/postgres/*" }}
{{ base $path }}: |
  {{- $content | toString | trim | nindent 2 }}
{{- end }}
{{- end -}}

{{- /*
Returns "yes" if the server's user needs a name: initdb requires one, and images know 999 alone.
Platforms that choose the user also name it.
*/ -}}
{{- define "estore.namesPostgres" -}}
{{- $user := dig "postgres" nil (.Values.runAs | default dict) -}}
{{- if and (not (kindIs "invalid" $user)) (ne (int64 $user) 999) }}yes{{ end -}}
{{- end -}}

{{- define "estore.postgresArguments" -}}
- -c
- hba_file=/etc/estore/postgres/pg_hba.conf
- -c
- max_connections={{ include "estore.text" .Values.postgres.maxConnections }}
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
- {{ printf "%s=%s" $name (include "estore.text" $value) | quote }}
{{- end }}
{{- end -}}

{{- /*
Returns a size such as `1.5Gi` in whole bytes, as the API server writes sizes in a form of its own
(`1536Mi`). Returns a size with another unit as it is.
*/ -}}
{{- define "estore.bytes" -}}
{{- $units := dict "" 1 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "Pi" 1125899906842624 -}}
{{- $unit := regexFind "[A-Za-z]*$" . -}}
{{- if hasKey $units $unit -}}
{{- mulf (trimSuffix $unit . | float64) (get $units $unit) | printf "%.0f" -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}

{{- /*
Refuses a change that Kubernetes would refuse halfway through an upgrade: a StatefulSet never
changes its claims. (dict "root" $ "store" "redis").
*/ -}}
{{- define "estore.sameClaim" -}}
{{- $persistence := (index .root.Values .store).persistence -}}
{{- $name := printf "%s-%s" (include "estore.fullname" .root) .store -}}
{{- with lookup "apps/v1" "StatefulSet" .root.Release.Namespace $name -}}
{{- $claim := (first .spec.volumeClaimTemplates).spec -}}
{{- if ne (include "estore.bytes" $claim.resources.requests.storage) (include "estore.bytes" $persistence.size) -}}
{{- fail (printf "%s.persistence.size is %s in the cluster, and an upgrade cannot make it %s: see \"A larger volume\" in the chart's README" $.store $claim.resources.requests.storage $persistence.size) -}}
{{- end -}}
{{- if and $persistence.storageClass (ne ($claim.storageClassName | default "") $persistence.storageClass) -}}
{{- fail (printf "%s.persistence.storageClass is %s in the cluster, and an upgrade cannot make it %s: see \"A larger volume\" in the chart's README" $.store ($claim.storageClassName | default "the default") $persistence.storageClass) -}}
{{- end -}}
{{- end -}}
{{- end -}}
