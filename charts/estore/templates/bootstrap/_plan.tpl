{{- /*
The Secrets that the job creates if they are missing: those that no `existingSecret` names. JSON.
*/ -}}
{{- define "estore.secretsPlan" -}}
{{- $root := . -}}
{{- $full := include "estore.fullname" . -}}
{{- $secrets := dict -}}
{{- $kinds := dict "userDatabase" "password" "verificationDatabase" "password" "jwt" "jwt-secret" "passwordPeppers" "key-ring" "cardKeys" "key-ring" "inventoryRedis" "password" "paymentRedis" "password" "bootstrapRedis" "password" "admin" "password" -}}
{{- if .Values.postgres.enabled }}{{- $_ := set $kinds "postgres" "password" }}{{ end -}}
{{- if .Values.redis.enabled }}{{- $_ := set $kinds "redisAdmin" "password" }}{{ end -}}
{{- if .Values.storefront.enabled }}{{- $_ := set $kinds "sessionKeys" "key-ring" }}{{ end -}}
{{- if include "estore.hasAudit" . }}{{- $_ := set $kinds "auditorRedis" "password" }}{{ end -}}
{{- if include "estore.isDemo" . }}{{- $_ := set $kinds "demoCustomer" "password" }}{{- $_ := set $kinds "demoBuyers" "password" }}{{ end -}}
{{- range $credential, $kind := $kinds -}}
{{- if not (index $root.Values.credentials $credential).existingSecret -}}
{{- $at := include "estore.credential" (dict "root" $root "credential" $credential) | fromYaml -}}
{{- $_ := set $secrets $at.secret (merge (dict $at.key $kind) (index $secrets $at.secret | default dict)) -}}
{{- end -}}
{{- end -}}
{{- $certificates := dict -}}
{{- range $peer := list "user" "verification" "inventory" "payment" "bootstrap" (ternary "chaos" "" (ne (include "estore.isDemo" .) "")) | compact -}}
{{- if not (index $root.Values.certificates.existingSecrets $peer) -}}
{{- $_ := set $certificates (include "estore.certificate" (dict "root" $root "of" $peer)) (list (printf "%s.estore.internal" $peer)) -}}
{{- end -}}
{{- end -}}
{{- range $store := list "postgres" "redis" -}}
{{- $values := index $root.Values $store -}}
{{- if and $values.enabled $values.tls.enabled (not (index $root.Values.certificates.existingSecrets $store)) -}}
{{- $host := printf "%s-%s" $full $store -}}
{{- $_ := set $certificates (include "estore.certificate" (dict "root" $root "of" $store)) (list $host (printf "%s.%s" $host $root.Release.Namespace) (printf "%s.%s.svc" $host $root.Release.Namespace) (printf "%s.%s.svc.cluster.local" $host $root.Release.Namespace) "localhost") -}}
{{- end -}}
{{- end -}}
{{- dict "labels" (dict "app.kubernetes.io/name" "estore" "app.kubernetes.io/instance" .Release.Name "app.kubernetes.io/part-of" "estore") "secrets" $secrets "authority" (printf "%s-ca" $full) "certificates" $certificates | toJson -}}
{{- end -}}
