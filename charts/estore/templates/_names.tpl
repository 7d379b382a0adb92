{{- /* Names and labels of objects. */ -}}

{{- define "estore.fullname" -}}
{{- $full := .Values.fullnameOverride -}}
{{- if not $full -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full = ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- end -}}
{{- include "estore.fit" (dict "name" $full "length" 40) -}}
{{- end -}}

{{- /*
Returns a name of at most a length: (dict "name" "…" "length" 52). A name that is too long ends with
a hash of the whole, so that two with the same beginning stay different.
The beginning of all names has 40 characters, so that the longest of a Service
(`-verification-internal`) has the 63 that it may.
*/ -}}
{{- define "estore.fit" -}}
{{- if gt (len .name) (int .length) -}}
{{- printf "%s-%s" (.name | trunc (int (sub .length 9)) | trimSuffix "-" | trimSuffix ".") (.name | sha256sum | trunc 8) -}}
{{- else -}}
{{- .name | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- /*
Returns a value as text. Helm reads numbers as floats, and would print a million as 1e+06.
*/ -}}
{{- define "estore.text" -}}
{{- if kindIs "string" . }}{{ . }}{{ else if kindIs "invalid" . }}{{ else }}{{ toJson . }}{{ end -}}
{{- end -}}

{{- /*
Returns a map of texts, as labels and annotations are. Values such as `yes` and `1` become texts.
*/ -}}
{{- define "estore.texts" -}}
{{- range $name, $value := . }}
{{ $name | quote }}: {{ include "estore.text" $value | quote }}
{{- end }}
{{- end -}}

{{- /*
Returns a container's variables, each once: (dict "variables" (list …)). Of two with one name the
later counts: the user's own come last.
*/ -}}
{{- define "estore.once" -}}
{{- $last := dict -}}
{{- range $at, $variable := .variables }}{{ $_ := set $last $variable.name $at }}{{ end -}}
{{- range $at, $variable := .variables }}
{{- if eq $at (index $last $variable.name) }}
- {{ if hasKey $variable "value" }}{{ set (deepCopy $variable) "value" (include "estore.text" $variable.value) | toYaml | nindent 2 | trim }}{{ else }}{{ toYaml $variable | nindent 2 | trim }}{{ end }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* Returns the labels that select a component's pods: (dict "root" $ "component" "user"). */ -}}
{{- define "estore.selector" -}}
app.kubernetes.io/name: estore
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- /*
Returns the labels of an object or a pod, each once: the selector's, then `more`, then
`commonLabels`, then our own.
*/ -}}
{{- define "estore.labels" -}}
{{- $own := dict "app.kubernetes.io/part-of" "estore" "app.kubernetes.io/version" .root.Chart.AppVersion "app.kubernetes.io/managed-by" .root.Release.Service "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_") -}}
{{- merge (dict) (include "estore.selector" . | fromYaml) (.more | default dict) .root.Values.commonLabels $own | include "estore.texts" | trim -}}
{{- end -}}

{{- /*
Returns the metadata of an object: (dict "root" $ "component" "user" "name" "estore-user"
"annotations" (dict …)).
*/ -}}
{{- define "estore.metadata" -}}
metadata:
  name: {{ .name | quote }}
  namespace: {{ .root.Release.Namespace | quote }}
  labels:
    {{- include "estore.labels" (merge (dict "more" .labels) .) | nindent 4 }}
  {{- with merge (dict) (.annotations | default dict) .root.Values.commonAnnotations }}
  annotations:
    {{- include "estore.texts" . | trim | nindent 4 }}
  {{- end }}
{{- end -}}

{{- /* Returns one of our images: (dict "root" $ "name" "user"). */ -}}
{{- define "estore.image" -}}
{{- with .root.Values.image -}}
{{ .registry }}/{{ .repository }}/{{ $.name }}:{{ .tag | default $.root.Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- /* Returns another project's image, from its `image` value. */ -}}
{{- define "estore.imageOf" -}}
{{ .registry }}/{{ .repository }}:{{ .tag }}{{ with .digest }}@{{ . }}{{ end }}
{{- end -}}

{{- /* Returns {secret, key} of a credential: (dict "root" $ "credential" "jwt"). */ -}}
{{- define "estore.credential" -}}
{{- $owners := dict "postgres" "postgres" "userDatabase" "user" "verificationDatabase" "verification" "jwt" "user" "passwordPeppers" "user" "cardKeys" "payment" "inventoryRedis" "inventory" "paymentRedis" "payment" "bootstrapRedis" "bootstrap" "auditorRedis" "audit" "redisAdmin" "redis" "admin" "bootstrap" "sessionKeys" "storefront" "demoCustomer" "shopper" "demoBuyers" "shopper" -}}
{{- $value := index .root.Values.credentials .credential -}}
{{- $own := printf "%s-%s" (include "estore.fullname" .root) (index $owners .credential) -}}
secret: {{ $value.existingSecret | default $own }}
key: {{ $value.key }}
{{- end -}}

{{- /* Returns the Secret with a certificate: (dict "root" $ "of" "user"). */ -}}
{{- define "estore.certificate" -}}
{{- index .root.Values.certificates.existingSecrets .of | default (printf "%s-%s-tls" (include "estore.fullname" .root) .of) -}}
{{- end -}}

{{- /* The public ports of the four APIs; management is 100 above, internal 200. */ -}}
{{- define "estore.ports" -}}
payment: 8000
inventory: 8001
user: 8002
verification: 8003
{{- end -}}

{{- /*
The public ports of everything that clients reach. The storefront has a management port, and no
internal one.
*/ -}}
{{- define "estore.publicPorts" -}}
{{ include "estore.ports" . }}
{{- if .Values.storefront.enabled }}
storefront: 8080
{{- end }}
{{- end -}}

{{- /* Returns the shop as customers see it. */ -}}
{{- define "estore.shopUrl" -}}
{{- include "estore.outsideUrl" (dict "root" . "of" "url" "whose" "the storefront" "example" "https://shop.example") | trimSuffix "/" -}}
{{- end -}}

{{- /*
Returns an address as customers see it. Behind another name than localhost it must be said:
(dict "root" $ "of" "url" "whose" "the storefront" "example" "https://shop.example").
*/ -}}
{{- define "estore.outsideUrl" -}}
{{- $url := include "estore.text" (index .root.Values.shop .of) -}}
{{- if and (or .root.Values.ingress.enabled .root.Values.httpRoute.enabled) (hasPrefix "http://localhost" $url) -}}
{{- fail (printf "shop.%s must be %s's address as customers see it, such as %s, if ingress.enabled or httpRoute.enabled is true" .of .whose .example) -}}
{{- end -}}
{{- $url -}}
{{- end -}}

{{- /*
Returns a service's own values merged with `defaults`: (dict "root" $ "service" "user").
*/ -}}
{{- define "estore.serviceValues" -}}
{{- mergeOverwrite (deepCopy .root.Values.defaults) (deepCopy (index .root.Values.services .service)) | toYaml -}}
{{- end -}}

{{- /* Returns a host: the storefront's is the shop's own, and each API has one below it. */ -}}
{{- define "estore.hostOf" -}}
{{- if ne .service "storefront" }}{{ .service }}.{{ end }}{{ .host -}}
{{- end -}}
