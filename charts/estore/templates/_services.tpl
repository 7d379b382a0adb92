{{- /*
The parts of one service: its settings and its secrets. (dict "root" $ "service" "user")
*/ -}}

{{- define "estore.env" -}}
{{- $values := .root.Values -}}
{{- include "estore.commonEnv" . }}
{{- if eq .service "storefront" }}
{{- include "estore.storefrontEnv" .root }}
{{- else }}
{{- include "estore.apiEnv" . }}
{{- include "estore.peerEnv" .root }}
{{- include "estore.serviceEnv" . }}
{{- end }}
{{- end -}}

{{- /* The settings of every service and of the storefront. */ -}}
{{- define "estore.commonEnv" -}}
{{- $values := .root.Values -}}
- {name: SERVICE_PORT, value: {{ include "estore.text" .port | quote }}}
- {name: MANAGEMENT_PORT, value: {{ add (int .port) 100 | quote }}}
- {name: DRAIN_SECONDS, value: {{ include "estore.text" .drain | quote }}}
- {name: LOG_FORMAT, value: {{ include "estore.text" $values.log.format | quote }}}
- {name: RUST_LOG, value: {{ include "estore.text" $values.log.filter | quote }}}
{{- with include "estore.tracing" .root | fromYaml }}
{{- if .endpoint }}
- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ .endpoint | quote }}}
- {name: OTEL_TRACES_SAMPLER, value: {{ include "estore.text" .sampler | quote }}}
- {name: OTEL_TRACES_SAMPLER_ARG, value: {{ include "estore.text" .ratio | quote }}}
- {name: TRACE_TRUST_CLIENTS, value: {{ include "estore.text" $values.telemetry.trustClients | quote }}}
{{- end }}
{{- end }}
{{- with include "estore.trustedProxies" . }}
- {name: TRUSTED_PROXIES, value: {{ . | quote }}}
{{- end }}
{{- end -}}

{{- /*
Returns the proxies whose `X-Forwarded-For` counts: those of the operator and, for the services, the
storefront's pods. Its headless Service names exactly these, whatever the network of pods is.
The demonstration's shopper speaks for many customers, each with an address of their own.
*/ -}}
{{- define "estore.trustedProxies" -}}
{{- $proxies := .root.Values.limits.trustedProxies -}}
{{- if and .root.Values.storefront.enabled (ne .service "storefront") -}}
{{- $proxies = append $proxies (printf "dns:%s-storefront-internal" (include "estore.fullname" .root)) -}}
{{- end -}}
{{- if and (include "estore.isDemo" .root) (hasKey (include "estore.publicPorts" .root | fromYaml) .service) -}}
{{- $proxies = append $proxies (printf "dns:%s-shopper" (include "estore.fullname" .root)) -}}
{{- end -}}
{{- join "," $proxies -}}
{{- end -}}

{{- /* The settings of the four services. */ -}}
{{- define "estore.apiEnv" -}}
{{- $values := .root.Values }}
- {name: INTERNAL_PORT, value: {{ add (int .port) 200 | quote }}}
{{- with $values.shop.corsAllowedOrigins }}
- {name: CORS_ALLOWED_ORIGINS, value: {{ join "," . | quote }}}
{{- end }}
- {name: LIMITS, value: {{ ternary "on" "off" $values.limits.enabled | quote }}}
{{- range $name, $policy := $values.limits.policies }}
- {name: LIMIT_{{ $name | snakecase | upper }}, value: {{ include "estore.text" $policy | quote }}}
{{- end }}
{{- end -}}

{{- /* The storefront's settings. It calls the public ports, as any client does. */ -}}
{{- define "estore.storefrontEnv" -}}
{{- if and .Values.storefront.demo (ne .Values.payment.gateway "sandbox") }}{{ fail "storefront.demo shows test cards, which only payment.gateway sandbox takes: set it to false" }}{{ end }}
{{- $full := include "estore.fullname" . -}}
{{- range $service, $port := include "estore.ports" . | fromYaml }}
- {name: {{ upper $service }}_API_URL, value: "http://{{ $full }}-{{ $service }}:{{ $port }}"}
{{- end }}
- {name: SESSION_KEYS_FILE, value: /etc/estore/secrets/session-keys}
- {name: SHOP_URL, value: {{ include "estore.shopUrl" . | quote }}}
- {name: SHOP_NAME, value: {{ include "estore.text" .Values.shop.name | quote }}}
- {name: DEMO, value: {{ ternary "true" (include "estore.text" .Values.storefront.demo) (ne (include "estore.isDemo" .) "") | quote }}}
{{- if include "estore.isDemo" . }}
{{- include "estore.engineEnv" . | nindent 0 }}
{{- end }}
{{- end -}}

{{- define "estore.serviceEnv" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
{{- if eq .service "user" }}
{{- include "estore.databaseEnv" (dict "root" $root "of" "user" "suffix" "") }}
{{- include "estore.replicaEnv" (dict "root" $root "of" "user") }}
- {name: SHOP_NAME, value: {{ include "estore.text" $values.shop.name | quote }}}
- {name: SESSION_SECONDS, value: {{ include "estore.text" $values.sessions.lifetimeSeconds | quote }}}
- {name: SESSION_IDLE_SECONDS, value: {{ include "estore.text" $values.sessions.idleSeconds | quote }}}
- {name: UNVERIFIED_ACCOUNT_SECONDS, value: {{ include "estore.text" $values.accounts.unverifiedSeconds | quote }}}
- {name: REFRESH_LEEWAY_SECONDS, value: {{ include "estore.text" $values.sessions.refreshLeewaySeconds | quote }}}
- {name: PASSWORD_PEPPERS_FILE, value: /etc/estore/secrets/password-peppers}
- {name: JWT_SECRET_FILE, value: /etc/estore/secrets/jwt-secret}
{{- if $values.credentials.jwtPrevious.existingSecret }}
- {name: JWT_SECRET_PREVIOUS_FILE, value: /etc/estore/secrets/jwt-secret-previous}
{{- end }}
{{- else if eq .service "verification" }}
{{- include "estore.databaseEnv" (dict "root" $root "of" "verification" "suffix" "") }}
{{- include "estore.replicaEnv" (dict "root" $root "of" "verification") }}
{{- if include "estore.hasMailbox" $root }}
- {name: SMTP_SERVER, value: {{ include "estore.fullname" $root }}-mail}
- {name: SMTP_PORT, value: "1025"}
- {name: SMTP_TLS, value: none}
{{- else }}
- {name: SMTP_SERVER, value: {{ include "estore.text" (required "smtp.server must be set, or mail.enabled for a demonstration" $values.smtp.server) | quote }}}
- {name: SMTP_PORT, value: {{ include "estore.text" $values.smtp.port | quote }}}
- {name: SMTP_TLS, value: {{ include "estore.text" $values.smtp.tls | quote }}}
{{- if $values.credentials.smtp.existingSecret }}
- {name: SMTP_USERNAME_FILE, value: /etc/estore/secrets/smtp-username}
- {name: SMTP_PASSWORD_FILE, value: /etc/estore/secrets/smtp-password}
{{- end }}
{{- end }}
- {name: MAIL_FROM, value: {{ include "estore.text" $values.smtp.from | quote }}}
{{- if $values.storefront.enabled }}
- {name: PUBLIC_URL, value: {{ include "estore.text" $values.shop.publicUrl | quote }}}
- {name: ACCOUNT_URL, value: {{ include "estore.text" $values.shop.accountUrl | quote }}}
- {name: SHOP_URL, value: {{ include "estore.shopUrl" $root | quote }}}
{{- else }}
- {name: PUBLIC_URL, value: {{ include "estore.outsideUrl" (dict "root" $root "of" "publicUrl" "whose" "the Verification Service" "example" "https://verification.shop.example") | quote }}}
- {name: ACCOUNT_URL, value: {{ include "estore.outsideUrl" (dict "root" $root "of" "accountUrl" "whose" "the User Service" "example" "https://user.shop.example") | quote }}}
{{- end }}
- {name: SHOP_NAME, value: {{ include "estore.text" $values.shop.name | quote }}}
{{- else if eq .service "inventory" }}
{{- include "estore.redisEnv" $root }}
- {name: REDIS_DB, value: {{ include "estore.text" $values.redis.inventoryDatabase | quote }}}
- {name: REDIS_USERNAME, value: inventory}
- {name: REDIS_PASSWORD_FILE, value: /etc/estore/secrets/redis-password}
- {name: HOLD_SECONDS, value: {{ include "estore.text" $values.orders.holdSeconds | quote }}}
- {name: SWEEP_SECONDS, value: {{ include "estore.text" $values.orders.sweepSeconds | quote }}}
- {name: ANONYMOUS_BROWSE, value: {{ ternary "true" (include "estore.text" $values.shop.anonymousBrowse) (ne (include "estore.isDemo" $root) "") | quote }}}
{{- else }}
{{- include "estore.redisEnv" $root }}
- {name: REDIS_DB, value: {{ include "estore.text" $values.redis.paymentDatabase | quote }}}
- {name: REDIS_USERNAME, value: payment}
- {name: REDIS_PASSWORD_FILE, value: /etc/estore/secrets/redis-password}
- {name: CARD_KEYS_FILE, value: /etc/estore/secrets/card-keys}
- {name: CARD_LUHN, value: {{ include "estore.text" $values.payment.cardLuhn | quote }}}
- {name: MAX_PAYMENT_METHODS, value: {{ include "estore.text" $values.payment.maxPaymentMethods | quote }}}
- {name: GATEWAY, value: {{ include "estore.text" $values.payment.gateway | quote }}}
{{- if eq $values.payment.gateway "stripe" }}
- {name: STRIPE_API_BASE, value: {{ include "estore.text" $values.payment.stripeApiBase | quote }}}
- {name: STRIPE_API_KEY_FILE, value: /etc/estore/secrets/stripe-api-key}
{{- end }}
- {name: HOLD_SECONDS, value: {{ include "estore.text" $values.orders.holdSeconds | quote }}}
- {name: LEASE_SECONDS, value: {{ include "estore.text" $values.orders.leaseSeconds | quote }}}
- {name: RECONCILE_AFTER_SECONDS, value: {{ include "estore.text" $values.orders.reconcileAfterSeconds | quote }}}
- {name: MAX_OPEN_ORDERS, value: {{ include "estore.text" $values.orders.maxOpenOrders | quote }}}
- {name: MAX_OPEN_UNITS, value: {{ include "estore.text" $values.orders.maxOpenUnits | quote }}}
{{- if include "estore.isDemo" $root }}
- {name: FAULTS, value: "true"}
- {name: PUBLIC_ACTIVITY, value: "true"}
{{- end }}
{{- end }}
{{- end -}}

{{- /* The service's secrets, as sources of a projected volume. */ -}}
{{- define "estore.serviceSecrets" -}}
{{- $root := .root -}}
{{- $credentials := $root.Values.credentials -}}
{{- if eq .service "user" }}
{{ include "estore.databaseSecret" (dict "root" $root "of" "user") }}
{{ include "estore.secretFile" (dict "root" $root "credential" "jwt" "path" "jwt-secret") }}
{{ include "estore.secretFile" (dict "root" $root "credential" "passwordPeppers" "path" "password-peppers") }}
{{- with $credentials.jwtPrevious }}
{{- if .existingSecret }}
- secret: {name: {{ .existingSecret }}, items: [{key: {{ .key }}, path: jwt-secret-previous}]}
{{- end }}
{{- end }}
{{- else if eq .service "verification" }}
{{ include "estore.databaseSecret" (dict "root" $root "of" "verification") }}
{{- with $credentials.smtp }}
{{- if and .existingSecret (not (include "estore.hasMailbox" $root)) }}
- secret:
    name: {{ .existingSecret }}
    items: [{key: {{ .usernameKey }}, path: smtp-username}, {key: {{ .passwordKey }}, path: smtp-password}]
{{- end }}
{{- end }}
{{- else if eq .service "inventory" }}
{{ include "estore.secretFile" (dict "root" $root "credential" "inventoryRedis" "path" "redis-password") }}
{{- else if eq .service "storefront" }}
{{ include "estore.secretFile" (dict "root" $root "credential" "sessionKeys" "path" "session-keys") }}
{{- else }}
{{ include "estore.secretFile" (dict "root" $root "credential" "paymentRedis" "path" "redis-password") }}
{{ include "estore.secretFile" (dict "root" $root "credential" "cardKeys" "path" "card-keys") }}
{{- if eq $root.Values.payment.gateway "stripe" }}
- secret:
    name: {{ required "credentials.stripe.existingSecret must be set if payment.gateway is stripe" $credentials.stripe.existingSecret }}
    items: [{key: {{ $credentials.stripe.key }}, path: stripe-api-key}]
{{- end }}
{{- end }}
{{- end -}}

{{- /*
Returns the number of pods of a Deployment: (dict "root" $ "name" … "values" …). With an autoscaler
this returns nothing, since the autoscaler owns the number.
But an omitted number becomes 1 if no other manager has set it. So this repeats the current number
until the autoscaler has written one of its own.
With client-side apply (Helm 3) it is repeated for ever, as omitting it always makes it 1.
An autoscaler does nothing while the number is 0, as a restore leaves it. So this returns at least
its minimum.
*/ -}}
{{- define "estore.replicas" -}}
{{- if not .values.autoscaling.enabled -}}
{{ int64 .values.replicas }}
{{- else -}}
{{- with lookup "apps/v1" "Deployment" .root.Release.Namespace .name -}}
{{- $scaled := false -}}
{{- $applied := false -}}
{{- range .metadata.managedFields -}}
{{- if and (eq (.subresource | default "") "scale") (eq .manager "kube-controller-manager") -}}{{- $scaled = true -}}{{- end -}}
{{- if and (eq .manager "helm") (eq .operation "Apply") -}}{{- $applied = true -}}{{- end -}}
{{- end -}}
{{- if not (and $scaled $applied) -}}{{ max (int64 .spec.replicas) (int64 $.values.autoscaling.minReplicas) }}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
