-- A move to another address has mails of its own: for the new address, and for the old one before and after.
INSERT INTO templates (name, locale, version, subject, text, html) VALUES
('email_change', 'en', 1, $t$Confirm your new address for {{ shop }}$t$,
$t$Hello,

Somebody asked to give their account this e-mail address. If it was you, please confirm it.

{{ link }}

The link works once, for 24 hours. If it was not you, ignore this mail: nothing changes.

-- 
{{ shop }}
$t$,
$t$<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Confirm your new address for {{ shop }}</title></head>
<body style="margin:0;background:#f4f5f3;font:16px/1.5 -apple-system,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2320">
<div style="max-width:34rem;margin:2rem auto;background:#fff;border-radius:12px;padding:2rem">
<p style="margin:0 0 1.5rem;font-weight:700;color:#0a7d5a">{{ shop }}</p>
<p>Hello,</p>
<p>Somebody asked to give their account this e-mail address. If it was you, please confirm it.</p>
<p style="margin:1.5rem 0"><a href="{{ link }}" style="background:#0a7d5a;color:#fff;text-decoration:none;padding:.8rem 1.4rem;border-radius:8px;display:inline-block;font-weight:600">Use this address</a></p>
<p style="font-size:13px;color:#6b736e;word-break:break-all">{{ link }}</p>
<p>The link works once, for 24 hours. If it was not you, ignore this mail: nothing changes.</p>
</div>
<p style="max-width:34rem;margin:0 auto 2rem;font-size:13px;color:#6b736e;text-align:center">You get this mail because your address was used at {{ shop }}.</p>
</body>
</html>
$t$),
('email_change', 'de', 1, $t$Bestätigen Sie Ihre neue Adresse für {{ shop }}$t$,
$t$Hallo,

Jemand möchte diese E-Mail-Adresse für ein Konto verwenden. Wenn Sie es sind, bestätigen Sie sie bitte.

{{ link }}

Der Link gilt einmal und 24 Stunden lang. Wenn Sie es nicht waren, brauchen Sie nichts zu tun: Es ändert sich nichts.

-- 
{{ shop }}
$t$,
$t$<!doctype html>
<html lang="de">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Bestätigen Sie Ihre neue Adresse für {{ shop }}</title></head>
<body style="margin:0;background:#f4f5f3;font:16px/1.5 -apple-system,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2320">
<div style="max-width:34rem;margin:2rem auto;background:#fff;border-radius:12px;padding:2rem">
<p style="margin:0 0 1.5rem;font-weight:700;color:#0a7d5a">{{ shop }}</p>
<p>Hallo,</p>
<p>Jemand möchte diese E-Mail-Adresse für ein Konto verwenden. Wenn Sie es sind, bestätigen Sie sie bitte.</p>
<p style="margin:1.5rem 0"><a href="{{ link }}" style="background:#0a7d5a;color:#fff;text-decoration:none;padding:.8rem 1.4rem;border-radius:8px;display:inline-block;font-weight:600">Diese Adresse verwenden</a></p>
<p style="font-size:13px;color:#6b736e;word-break:break-all">{{ link }}</p>
<p>Der Link gilt einmal und 24 Stunden lang. Wenn Sie es nicht waren, brauchen Sie nichts zu tun: Es ändert sich nichts.</p>
</div>
<p style="max-width:34rem;margin:0 auto 2rem;font-size:13px;color:#6b736e;text-align:center">Sie bekommen diese Mail, weil Ihre Adresse bei {{ shop }} verwendet wurde.</p>
</body>
</html>
$t$),
('email_change_asked', 'en', 1, $t$Your account at {{ shop }}: another address was asked for$t$,
$t$Hello,

Somebody who knows your password asked to give your account another e-mail address. If it was you, you need not do anything. If it was not you, stop it here:

{{ link }}

The link works for 7 days, also if the account has the other address already. Then choose a new password.

-- 
{{ shop }}
$t$,
$t$<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Your account at {{ shop }}: another address was asked for</title></head>
<body style="margin:0;background:#f4f5f3;font:16px/1.5 -apple-system,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2320">
<div style="max-width:34rem;margin:2rem auto;background:#fff;border-radius:12px;padding:2rem">
<p style="margin:0 0 1.5rem;font-weight:700;color:#0a7d5a">{{ shop }}</p>
<p>Hello,</p>
<p>Somebody who knows your password asked to give your account another e-mail address. If it was you, you need not do anything. If it was not you, stop it here:</p>
<p style="margin:1.5rem 0"><a href="{{ link }}" style="background:#0a7d5a;color:#fff;text-decoration:none;padding:.8rem 1.4rem;border-radius:8px;display:inline-block;font-weight:600">Stop the change</a></p>
<p style="font-size:13px;color:#6b736e;word-break:break-all">{{ link }}</p>
<p>The link works for 7 days, also if the account has the other address already. Then choose a new password.</p>
</div>
<p style="max-width:34rem;margin:0 auto 2rem;font-size:13px;color:#6b736e;text-align:center">You get this mail because your address was used at {{ shop }}.</p>
</body>
</html>
$t$),
('email_change_asked', 'de', 1, $t$Ihr Konto bei {{ shop }}: Eine andere Adresse wurde gewünscht$t$,
$t$Hallo,

Jemand, der Ihr Passwort kennt, möchte Ihrem Konto eine andere E-Mail-Adresse geben. Wenn Sie es waren, brauchen Sie nichts zu tun. Wenn nicht, stoppen Sie es hier:

{{ link }}

Der Link gilt 7 Tage lang, auch wenn das Konto die andere Adresse schon hat. Wählen Sie danach ein neues Passwort.

-- 
{{ shop }}
$t$,
$t$<!doctype html>
<html lang="de">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Ihr Konto bei {{ shop }}: Eine andere Adresse wurde gewünscht</title></head>
<body style="margin:0;background:#f4f5f3;font:16px/1.5 -apple-system,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2320">
<div style="max-width:34rem;margin:2rem auto;background:#fff;border-radius:12px;padding:2rem">
<p style="margin:0 0 1.5rem;font-weight:700;color:#0a7d5a">{{ shop }}</p>
<p>Hallo,</p>
<p>Jemand, der Ihr Passwort kennt, möchte Ihrem Konto eine andere E-Mail-Adresse geben. Wenn Sie es waren, brauchen Sie nichts zu tun. Wenn nicht, stoppen Sie es hier:</p>
<p style="margin:1.5rem 0"><a href="{{ link }}" style="background:#0a7d5a;color:#fff;text-decoration:none;padding:.8rem 1.4rem;border-radius:8px;display:inline-block;font-weight:600">Änderung stoppen</a></p>
<p style="font-size:13px;color:#6b736e;word-break:break-all">{{ link }}</p>
<p>Der Link gilt 7 Tage lang, auch wenn das Konto die andere Adresse schon hat. Wählen Sie danach ein neues Passwort.</p>
</div>
<p style="max-width:34rem;margin:0 auto 2rem;font-size:13px;color:#6b736e;text-align:center">Sie bekommen diese Mail, weil Ihre Adresse bei {{ shop }} verwendet wurde.</p>
</body>
</html>
$t$),
('email_changed', 'en', 1, $t$Your account at {{ shop }} was changed$t$,
$t$Hello,

There was a change to your account: it has another e-mail address now. If it was not you, undo it here:

{{ link }}

The link works once, for 7 days. The account gets this address back, everybody is logged out, and you get a mail with a link for a new password.

-- 
{{ shop }}
$t$,
$t$<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Your account at {{ shop }} was changed</title></head>
<body style="margin:0;background:#f4f5f3;font:16px/1.5 -apple-system,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2320">
<div style="max-width:34rem;margin:2rem auto;background:#fff;border-radius:12px;padding:2rem">
<p style="margin:0 0 1.5rem;font-weight:700;color:#0a7d5a">{{ shop }}</p>
<p>Hello,</p>
<p>There was a change to your account: it has another e-mail address now. If it was not you, undo it here:</p>
<p style="margin:1.5rem 0"><a href="{{ link }}" style="background:#0a7d5a;color:#fff;text-decoration:none;padding:.8rem 1.4rem;border-radius:8px;display:inline-block;font-weight:600">Undo the change</a></p>
<p style="font-size:13px;color:#6b736e;word-break:break-all">{{ link }}</p>
<p>The link works once, for 7 days. The account gets this address back, everybody is logged out, and you get a mail with a link for a new password.</p>
</div>
<p style="max-width:34rem;margin:0 auto 2rem;font-size:13px;color:#6b736e;text-align:center">You get this mail because your address was used at {{ shop }}.</p>
</body>
</html>
$t$),
('email_changed', 'de', 1, $t$Ihr Konto bei {{ shop }} wurde geändert$t$,
$t$Hallo,

An Ihrem Konto wurde etwas geändert: es hat jetzt eine andere E-Mail-Adresse. Wenn Sie es nicht waren, machen Sie es hier rückgängig:

{{ link }}

Der Link gilt einmal und 7 Tage lang. Das Konto bekommt diese Adresse zurück, alle werden abgemeldet, und Sie bekommen eine Mail mit einem Link für ein neues Passwort.

-- 
{{ shop }}
$t$,
$t$<!doctype html>
<html lang="de">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Ihr Konto bei {{ shop }} wurde geändert</title></head>
<body style="margin:0;background:#f4f5f3;font:16px/1.5 -apple-system,Segoe UI,Helvetica,Arial,sans-serif;color:#1d2320">
<div style="max-width:34rem;margin:2rem auto;background:#fff;border-radius:12px;padding:2rem">
<p style="margin:0 0 1.5rem;font-weight:700;color:#0a7d5a">{{ shop }}</p>
<p>Hallo,</p>
<p>An Ihrem Konto wurde etwas geändert: es hat jetzt eine andere E-Mail-Adresse. Wenn Sie es nicht waren, machen Sie es hier rückgängig:</p>
<p style="margin:1.5rem 0"><a href="{{ link }}" style="background:#0a7d5a;color:#fff;text-decoration:none;padding:.8rem 1.4rem;border-radius:8px;display:inline-block;font-weight:600">Rückgängig machen</a></p>
<p style="font-size:13px;color:#6b736e;word-break:break-all">{{ link }}</p>
<p>Der Link gilt einmal und 7 Tage lang. Das Konto bekommt diese Adresse zurück, alle werden abgemeldet, und Sie bekommen eine Mail mit einem Link für ein neues Passwort.</p>
</div>
<p style="max-width:34rem;margin:0 auto 2rem;font-size:13px;color:#6b736e;text-align:center">Sie bekommen diese Mail, weil Ihre Adresse bei {{ shop }} verwendet wurde.</p>
</body>
</html>
$t$);

-- A registration's mail goes to an address that nobody has proven, so it says no name: whoever sent it may be a stranger. A template
-- that an admin has changed stays, and gets a placeholder for the name.
INSERT INTO templates (name, locale, version, subject, text, html)
    SELECT name, locale, 2, subject, replace(text, ' {{ name }},', ','), replace(html, ' {{ name }},', ',') FROM templates t
    WHERE name = 'email' AND version = 1
        AND NOT EXISTS (SELECT FROM templates n WHERE n.name = t.name AND n.locale = t.locale AND n.version > 1);
