-- Templates of mails, in Jinja's language. Each change is a new version; the newest counts.
CREATE TABLE templates (
    name       text NOT NULL,
    locale     text NOT NULL CHECK (locale IN ('en', 'de')),
    version    integer NOT NULL,
    subject    text NOT NULL,
    text       text NOT NULL,
    html       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (name, locale, version)
);

INSERT INTO templates (name, locale, version, subject, text, html) VALUES
('email', 'en', 1, $t$Verify your address for {{ shop }}$t$,
$t$Hello {{ name }},

Welcome! Please verify your e-mail address, then you can order.

{{ link }}

The link works once, for 24 hours. If you did not register, you can ignore this mail.

-- 
{{ shop }}
$t$,
$t$<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Verify your address for {{ shop }}</title></head>
<body style="margin:0;background:#f4f5f3;font:16px/1.5 -apple-system,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2320">
<div style="max-width:34rem;margin:2rem auto;background:#fff;border-radius:12px;padding:2rem">
<p style="margin:0 0 1.5rem;font-weight:700;color:#0a7d5a">{{ shop }}</p>
<p>Hello {{ name }},</p>
<p>Welcome! Please verify your e-mail address, then you can order.</p>
<p style="margin:1.5rem 0"><a href="{{ link }}" style="background:#0a7d5a;color:#fff;text-decoration:none;padding:.8rem 1.4rem;border-radius:8px;display:inline-block;font-weight:600">Verify my address</a></p>
<p style="font-size:13px;color:#6b736e;word-break:break-all">{{ link }}</p>
<p>The link works once, for 24 hours. If you did not register, you can ignore this mail.</p>
</div>
<p style="max-width:34rem;margin:0 auto 2rem;font-size:13px;color:#6b736e;text-align:center">You get this mail because your address was used at {{ shop }}.</p>
</body>
</html>
$t$),
('email', 'de', 1, $t$Bestätigen Sie Ihre Adresse für {{ shop }}$t$,
$t$Hallo {{ name }},

Willkommen! Bitte bestätigen Sie Ihre E-Mail-Adresse, dann können Sie bestellen.

{{ link }}

Der Link gilt einmal und 24 Stunden lang. Wenn Sie sich nicht registriert haben, brauchen Sie nichts zu tun.

-- 
{{ shop }}
$t$,
$t$<!doctype html>
<html lang="de">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Bestätigen Sie Ihre Adresse für {{ shop }}</title></head>
<body style="margin:0;background:#f4f5f3;font:16px/1.5 -apple-system,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2320">
<div style="max-width:34rem;margin:2rem auto;background:#fff;border-radius:12px;padding:2rem">
<p style="margin:0 0 1.5rem;font-weight:700;color:#0a7d5a">{{ shop }}</p>
<p>Hallo {{ name }},</p>
<p>Willkommen! Bitte bestätigen Sie Ihre E-Mail-Adresse, dann können Sie bestellen.</p>
<p style="margin:1.5rem 0"><a href="{{ link }}" style="background:#0a7d5a;color:#fff;text-decoration:none;padding:.8rem 1.4rem;border-radius:8px;display:inline-block;font-weight:600">Adresse bestätigen</a></p>
<p style="font-size:13px;color:#6b736e;word-break:break-all">{{ link }}</p>
<p>Der Link gilt einmal und 24 Stunden lang. Wenn Sie sich nicht registriert haben, brauchen Sie nichts zu tun.</p>
</div>
<p style="max-width:34rem;margin:0 auto 2rem;font-size:13px;color:#6b736e;text-align:center">Sie bekommen diese Mail, weil Ihre Adresse bei {{ shop }} verwendet wurde.</p>
</body>
</html>
$t$),
('password_reset', 'en', 1, $t$Reset your password at {{ shop }}$t$,
$t$Hello {{ name }},

Somebody, hopefully you, asked for a new password for your account.

{{ link }}

The link works once, for one hour. If it was not you, ignore this mail: your password stays as it is.

-- 
{{ shop }}
$t$,
$t$<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Reset your password at {{ shop }}</title></head>
<body style="margin:0;background:#f4f5f3;font:16px/1.5 -apple-system,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2320">
<div style="max-width:34rem;margin:2rem auto;background:#fff;border-radius:12px;padding:2rem">
<p style="margin:0 0 1.5rem;font-weight:700;color:#0a7d5a">{{ shop }}</p>
<p>Hello {{ name }},</p>
<p>Somebody, hopefully you, asked for a new password for your account.</p>
<p style="margin:1.5rem 0"><a href="{{ link }}" style="background:#0a7d5a;color:#fff;text-decoration:none;padding:.8rem 1.4rem;border-radius:8px;display:inline-block;font-weight:600">Choose a new password</a></p>
<p style="font-size:13px;color:#6b736e;word-break:break-all">{{ link }}</p>
<p>The link works once, for one hour. If it was not you, ignore this mail: your password stays as it is.</p>
</div>
<p style="max-width:34rem;margin:0 auto 2rem;font-size:13px;color:#6b736e;text-align:center">You get this mail because your address was used at {{ shop }}.</p>
</body>
</html>
$t$),
('password_reset', 'de', 1, $t$Ihr neues Passwort bei {{ shop }}$t$,
$t$Hallo {{ name }},

Jemand, hoffentlich Sie, hat ein neues Passwort für Ihr Konto angefordert.

{{ link }}

Der Link gilt einmal und eine Stunde lang. Wenn Sie es nicht waren, brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist.

-- 
{{ shop }}
$t$,
$t$<!doctype html>
<html lang="de">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Ihr neues Passwort bei {{ shop }}</title></head>
<body style="margin:0;background:#f4f5f3;font:16px/1.5 -apple-system,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2320">
<div style="max-width:34rem;margin:2rem auto;background:#fff;border-radius:12px;padding:2rem">
<p style="margin:0 0 1.5rem;font-weight:700;color:#0a7d5a">{{ shop }}</p>
<p>Hallo {{ name }},</p>
<p>Jemand, hoffentlich Sie, hat ein neues Passwort für Ihr Konto angefordert.</p>
<p style="margin:1.5rem 0"><a href="{{ link }}" style="background:#0a7d5a;color:#fff;text-decoration:none;padding:.8rem 1.4rem;border-radius:8px;display:inline-block;font-weight:600">Neues Passwort wählen</a></p>
<p style="font-size:13px;color:#6b736e;word-break:break-all">{{ link }}</p>
<p>Der Link gilt einmal und eine Stunde lang. Wenn Sie es nicht waren, brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist.</p>
</div>
<p style="max-width:34rem;margin:0 auto 2rem;font-size:13px;color:#6b736e;text-align:center">Sie bekommen diese Mail, weil Ihre Adresse bei {{ shop }} verwendet wurde.</p>
</body>
</html>
$t$),
('already_registered', 'en', 1, $t$You already have an account at {{ shop }}$t$,
$t$Hello {{ name }},

Somebody tried to register with your address, but you have an account already.

If it was you, just log in. If not, nothing has changed and nothing needs to be done.

-- 
{{ shop }}
$t$,
$t$<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>You already have an account at {{ shop }}</title></head>
<body style="margin:0;background:#f4f5f3;font:16px/1.5 -apple-system,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2320">
<div style="max-width:34rem;margin:2rem auto;background:#fff;border-radius:12px;padding:2rem">
<p style="margin:0 0 1.5rem;font-weight:700;color:#0a7d5a">{{ shop }}</p>
<p>Hello {{ name }},</p>
<p>Somebody tried to register with your address, but you have an account already.</p>
<p>If it was you, just log in. If not, nothing has changed and nothing needs to be done.</p>
</div>
<p style="max-width:34rem;margin:0 auto 2rem;font-size:13px;color:#6b736e;text-align:center">You get this mail because your address was used at {{ shop }}.</p>
</body>
</html>
$t$),
('already_registered', 'de', 1, $t$Sie haben schon ein Konto bei {{ shop }}$t$,
$t$Hallo {{ name }},

Jemand wollte sich mit Ihrer Adresse registrieren, aber Sie haben schon ein Konto.

Wenn Sie es waren, melden Sie sich einfach an. Wenn nicht, hat sich nichts geändert, und Sie brauchen nichts zu tun.

-- 
{{ shop }}
$t$,
$t$<!doctype html>
<html lang="de">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sie haben schon ein Konto bei {{ shop }}</title></head>
<body style="margin:0;background:#f4f5f3;font:16px/1.5 -apple-system,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2320">
<div style="max-width:34rem;margin:2rem auto;background:#fff;border-radius:12px;padding:2rem">
<p style="margin:0 0 1.5rem;font-weight:700;color:#0a7d5a">{{ shop }}</p>
<p>Hallo {{ name }},</p>
<p>Jemand wollte sich mit Ihrer Adresse registrieren, aber Sie haben schon ein Konto.</p>
<p>Wenn Sie es waren, melden Sie sich einfach an. Wenn nicht, hat sich nichts geändert, und Sie brauchen nichts zu tun.</p>
</div>
<p style="max-width:34rem;margin:0 auto 2rem;font-size:13px;color:#6b736e;text-align:center">Sie bekommen diese Mail, weil Ihre Adresse bei {{ shop }} verwendet wurde.</p>
</body>
</html>
$t$),
('security_notice', 'en', 1, $t$Your account at {{ shop }} was changed$t$,
$t$Hello {{ name }},

There was a change to your account: {{ notice }}

If it was not you, reset your password now.

-- 
{{ shop }}
$t$,
$t$<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Your account at {{ shop }} was changed</title></head>
<body style="margin:0;background:#f4f5f3;font:16px/1.5 -apple-system,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2320">
<div style="max-width:34rem;margin:2rem auto;background:#fff;border-radius:12px;padding:2rem">
<p style="margin:0 0 1.5rem;font-weight:700;color:#0a7d5a">{{ shop }}</p>
<p>Hello {{ name }},</p>
<p>There was a change to your account: {{ notice }}</p>
<p>If it was not you, reset your password now.</p>
</div>
<p style="max-width:34rem;margin:0 auto 2rem;font-size:13px;color:#6b736e;text-align:center">You get this mail because your address was used at {{ shop }}.</p>
</body>
</html>
$t$),
('security_notice', 'de', 1, $t$Ihr Konto bei {{ shop }} wurde geändert$t$,
$t$Hallo {{ name }},

An Ihrem Konto wurde etwas geändert: {{ notice }}

Wenn Sie es nicht waren, setzen Sie jetzt Ihr Passwort zurück.

-- 
{{ shop }}
$t$,
$t$<!doctype html>
<html lang="de">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Ihr Konto bei {{ shop }} wurde geändert</title></head>
<body style="margin:0;background:#f4f5f3;font:16px/1.5 -apple-system,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2320">
<div style="max-width:34rem;margin:2rem auto;background:#fff;border-radius:12px;padding:2rem">
<p style="margin:0 0 1.5rem;font-weight:700;color:#0a7d5a">{{ shop }}</p>
<p>Hallo {{ name }},</p>
<p>An Ihrem Konto wurde etwas geändert: {{ notice }}</p>
<p>Wenn Sie es nicht waren, setzen Sie jetzt Ihr Passwort zurück.</p>
</div>
<p style="max-width:34rem;margin:0 auto 2rem;font-size:13px;color:#6b736e;text-align:center">Sie bekommen diese Mail, weil Ihre Adresse bei {{ shop }} verwendet wurde.</p>
</body>
</html>
$t$),
('order_confirmed', 'en', 1, $t$Your order {{ order_id }}$t$,
$t$Hello {{ name }},

Thank you! Your order is confirmed and paid:
{% for item in items %}
- {{ item.quantity }} x {{ item.name }}: {{ item.line_total }}{% endfor %}

Total: {{ total }}

-- 
{{ shop }}
$t$,
$t$<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Your order {{ order_id }}</title></head>
<body style="margin:0;background:#f4f5f3;font:16px/1.5 -apple-system,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2320">
<div style="max-width:34rem;margin:2rem auto;background:#fff;border-radius:12px;padding:2rem">
<p style="margin:0 0 1.5rem;font-weight:700;color:#0a7d5a">{{ shop }}</p>
<p>Hello {{ name }},</p>
<p>Thank you! Your order is confirmed and paid:</p>
<table style="width:100%;border-collapse:collapse">{% for item in items %}<tr><td style="padding:.4rem 0;border-bottom:1px solid #e6e8e5">{{ item.quantity }} × {{ item.name }}</td><td style="padding:.4rem 0;border-bottom:1px solid #e6e8e5;text-align:right">{{ item.line_total }}</td></tr>{% endfor %}</table><p>Total: {{ total }}</p>
</div>
<p style="max-width:34rem;margin:0 auto 2rem;font-size:13px;color:#6b736e;text-align:center">You get this mail because your address was used at {{ shop }}.</p>
</body>
</html>
$t$),
('order_confirmed', 'de', 1, $t$Ihre Bestellung {{ order_id }}$t$,
$t$Hallo {{ name }},

Danke! Ihre Bestellung ist bestätigt und bezahlt:
{% for item in items %}
- {{ item.quantity }} x {{ item.name }}: {{ item.line_total }}{% endfor %}

Summe: {{ total }}

-- 
{{ shop }}
$t$,
$t$<!doctype html>
<html lang="de">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Ihre Bestellung {{ order_id }}</title></head>
<body style="margin:0;background:#f4f5f3;font:16px/1.5 -apple-system,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2320">
<div style="max-width:34rem;margin:2rem auto;background:#fff;border-radius:12px;padding:2rem">
<p style="margin:0 0 1.5rem;font-weight:700;color:#0a7d5a">{{ shop }}</p>
<p>Hallo {{ name }},</p>
<p>Danke! Ihre Bestellung ist bestätigt und bezahlt:</p>
<table style="width:100%;border-collapse:collapse">{% for item in items %}<tr><td style="padding:.4rem 0;border-bottom:1px solid #e6e8e5">{{ item.quantity }} × {{ item.name }}</td><td style="padding:.4rem 0;border-bottom:1px solid #e6e8e5;text-align:right">{{ item.line_total }}</td></tr>{% endfor %}</table><p>Summe: {{ total }}</p>
</div>
<p style="max-width:34rem;margin:0 auto 2rem;font-size:13px;color:#6b736e;text-align:center">Sie bekommen diese Mail, weil Ihre Adresse bei {{ shop }} verwendet wurde.</p>
</body>
</html>
$t$),
('order_refunded', 'en', 1, $t$Money back for order {{ order_id }}$t$,
$t$Hello {{ name }},

We have sent {{ total }} back to your card for your order {{ order_id }}.

It may take a few days until your bank shows it.

-- 
{{ shop }}
$t$,
$t$<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Money back for order {{ order_id }}</title></head>
<body style="margin:0;background:#f4f5f3;font:16px/1.5 -apple-system,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2320">
<div style="max-width:34rem;margin:2rem auto;background:#fff;border-radius:12px;padding:2rem">
<p style="margin:0 0 1.5rem;font-weight:700;color:#0a7d5a">{{ shop }}</p>
<p>Hello {{ name }},</p>
<p>We have sent {{ total }} back to your card for your order {{ order_id }}.</p>
<p>It may take a few days until your bank shows it.</p>
</div>
<p style="max-width:34rem;margin:0 auto 2rem;font-size:13px;color:#6b736e;text-align:center">You get this mail because your address was used at {{ shop }}.</p>
</body>
</html>
$t$),
('order_refunded', 'de', 1, $t$Erstattung zur Bestellung {{ order_id }}$t$,
$t$Hallo {{ name }},

Wir haben {{ total }} zu Ihrer Bestellung {{ order_id }} auf Ihre Karte erstattet.

Es kann einige Tage dauern, bis Ihre Bank es anzeigt.

-- 
{{ shop }}
$t$,
$t$<!doctype html>
<html lang="de">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Erstattung zur Bestellung {{ order_id }}</title></head>
<body style="margin:0;background:#f4f5f3;font:16px/1.5 -apple-system,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2320">
<div style="max-width:34rem;margin:2rem auto;background:#fff;border-radius:12px;padding:2rem">
<p style="margin:0 0 1.5rem;font-weight:700;color:#0a7d5a">{{ shop }}</p>
<p>Hallo {{ name }},</p>
<p>Wir haben {{ total }} zu Ihrer Bestellung {{ order_id }} auf Ihre Karte erstattet.</p>
<p>Es kann einige Tage dauern, bis Ihre Bank es anzeigt.</p>
</div>
<p style="max-width:34rem;margin:0 auto 2rem;font-size:13px;color:#6b736e;text-align:center">Sie bekommen diese Mail, weil Ihre Adresse bei {{ shop }} verwendet wurde.</p>
</body>
</html>
$t$);
