{{- /* What is a service's own: its settings and its secrets. (dict "root" $ "service" "user") */ -}}

{{- define "estore.env" -}}
{{- $values := .root.Values -}}
- {name: SERVICE_PORT, value: {{ (int .port) | quote }}}
- {name: MANAGEMENT_PORT, value: {{ add (int .port) 100 | quote }}}
- {name: INTERNAL_PORT, value: {{ add (int .port) 200 | quote }}}
- {name: DRAIN_SECONDS, value: {{ .drain | quote }}}
- {name: LOG_FORMAT, value: {{ $values.log.format }}}
- {name: RUST_LOG, value: {{ $values.log.filter | quote }}}
{{- with $values.telemetry.otlpEndpoint }}
- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }}}
- {name: OTEL_TRACES_SAMPLER, value: {{ $values.telemetry.sampler }}}
- {name: OTEL_TRACES_SAMPLER_ARG, value: {{ $values.telemetry.ratio | quote }}}
- {name: TRACE_TRUST_CLIENTS, value: {{ $values.telemetry.trustClients | quote }}}
{{- end }}
{{- with $values.shop.corsAllowedOrigins }}
- {name: CORS_ALLOWED_ORIGINS, value: {{ join "," . | quote }}}
{{- end }}
- {name: LIMITS, value: {{ ternary "on" "off" $values.limits.enabled | quote }}}
{{- with $values.limits.trustedProxies }}
- {name: TRUSTED_PROXIES, value: {{ join "," . | quote }}}
{{- end }}
{{- range $name, $policy := $values.limits.policies }}
- {name: LIMIT_{{ $name | snakecase | upper }}, value: {{ $policy | quote }}}
{{- end }}
{{- include "estore.peerEnv" .root  }}
{{- include "estore.serviceEnv" .  }}
{{- end -}}

{{- define "estore.serviceEnv" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
{{- if eq .service "user" }}
{{- include "estore.databaseEnv" (dict "root" $root "of" "user" "suffix" "") }}
{{- include "estore.replicaEnv" (dict "root" $root "of" "user") }}
- {name: SHOP_NAME, value: {{ $values.shop.name | quote }}}
- {name: SESSION_SECONDS, value: {{ $values.sessions.lifetimeSeconds | int64 | quote }}}
- {name: SESSION_IDLE_SECONDS, value: {{ $values.sessions.idleSeconds | int64 | quote }}}
- {name: UNVERIFIED_ACCOUNT_SECONDS, value: {{ $values.accounts.unverifiedSeconds | int64 | quote }}}
- {name: REFRESH_LEEWAY_SECONDS, value: {{ $values.sessions.refreshLeewaySeconds | int64 | quote }}}
- {name: PASSWORD_PEPPERS_FILE, value: /etc/estore/secrets/password-peppers}
- {name: JWT_SECRET_FILE, value: /etc/estore/secrets/jwt-secret}
{{- if $values.credentials.jwtPrevious.existingSecret }}
- {name: JWT_SECRET_PREVIOUS_FILE, value: /etc/estore/secrets/jwt-secret-previous}
{{- end }}
{{- else if eq .service "verification" }}
{{- include "estore.databaseEnv" (dict "root" $root "of" "verification" "suffix" "") }}
{{- include "estore.replicaEnv" (dict "root" $root "of" "verification") }}
{{- if $values.mail.enabled }}
- {name: SMTP_SERVER, value: {{ include "estore.fullname" $root }}-mail}
- {name: SMTP_PORT, value: "1025"}
- {name: SMTP_TLS, value: none}
{{- else }}
- {name: SMTP_SERVER, value: {{ required "smtp.server is needed, or mail.enabled for a demonstration" $values.smtp.server }}}
- {name: SMTP_PORT, value: {{ $values.smtp.port | quote }}}
- {name: SMTP_TLS, value: {{ $values.smtp.tls }}}
{{- if $values.credentials.smtp.existingSecret }}
- {name: SMTP_USERNAME_FILE, value: /etc/estore/secrets/smtp-username}
- {name: SMTP_PASSWORD_FILE, value: /etc/estore/secrets/smtp-password}
{{- end }}
{{- end }}
- {name: MAIL_FROM, value: {{ $values.smtp.from | quote }}}
- {name: PUBLIC_URL, value: {{ $values.shop.publicUrl | quote }}}
- {name: ACCOUNT_URL, value: {{ $values.shop.accountUrl | quote }}}
- {name: SHOP_NAME, value: {{ $values.shop.name | quote }}}
{{- else if eq .service "inventory" }}
{{- include "estore.redisEnv" $root }}
- {name: REDIS_DB, value: {{ $values.redis.inventoryDatabase | quote }}}
- {name: REDIS_USERNAME, value: inventory}
- {name: REDIS_PASSWORD_FILE, value: /etc/estore/secrets/redis-password}
- {name: HOLD_SECONDS, value: {{ $values.orders.holdSeconds | quote }}}
- {name: SWEEP_SECONDS, value: {{ $values.orders.sweepSeconds | quote }}}
- {name: ANONYMOUS_BROWSE, value: {{ $values.shop.anonymousBrowse | quote }}}
{{- else }}
{{- include "estore.redisEnv" $root }}
- {name: REDIS_DB, value: {{ $values.redis.paymentDatabase | quote }}}
- {name: REDIS_USERNAME, value: payment}
- {name: REDIS_PASSWORD_FILE, value: /etc/estore/secrets/redis-password}
- {name: CARD_KEYS_FILE, value: /etc/estore/secrets/card-keys}
- {name: CARD_LUHN, value: {{ $values.payment.cardLuhn }}}
- {name: MAX_PAYMENT_METHODS, value: {{ $values.payment.maxPaymentMethods | int64 | quote }}}
- {name: GATEWAY, value: {{ $values.payment.gateway }}}
{{- if eq $values.payment.gateway "stripe" }}
- {name: STRIPE_API_BASE, value: {{ $values.payment.stripeApiBase }}}
- {name: STRIPE_API_KEY_FILE, value: /etc/estore/secrets/stripe-api-key}
{{- end }}
- {name: HOLD_SECONDS, value: {{ $values.orders.holdSeconds | quote }}}
- {name: LEASE_SECONDS, value: {{ $values.orders.leaseSeconds | quote }}}
- {name: RECONCILE_AFTER_SECONDS, value: {{ $values.orders.reconcileAfterSeconds | quote }}}
- {name: MAX_OPEN_ORDERS, value: {{ $values.orders.maxOpenOrders | quote }}}
- {name: MAX_OPEN_UNITS, value: {{ $values.orders.maxOpenUnits | int64 | quote }}}
{{- end }}
{{- end -}}

{{- /* Its secrets, as sources of a projected volume. */ -}}
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
{{- if and .existingSecret (not $root.Values.mail.enabled) }}
- secret:
    name: {{ .existingSecret }}
    items: [{key: {{ .usernameKey }}, path: smtp-username}, {key: {{ .passwordKey }}, path: smtp-password}]
{{- end }}
{{- end }}
{{- else if eq .service "inventory" }}
{{ include "estore.secretFile" (dict "root" $root "credential" "inventoryRedis" "path" "redis-password") }}
{{- else }}
{{ include "estore.secretFile" (dict "root" $root "credential" "paymentRedis" "path" "redis-password") }}
{{ include "estore.secretFile" (dict "root" $root "credential" "cardKeys" "path" "card-keys") }}
{{- if eq $root.Values.payment.gateway "stripe" }}
- secret:
    name: {{ required "credentials.stripe.existingSecret is needed where payment.gateway is stripe" $credentials.stripe.existingSecret }}
    items: [{key: {{ $credentials.stripe.key }}, path: stripe-api-key}]
{{- end }}
{{- end }}
{{- end -}}
