-- Templates in English say "email", not "e-mail" or "mail". A template that an admin has changed
-- stays: only version 1 is ours, and version 2 of `email` if it is that of 0012.
INSERT INTO templates (name, locale, version, subject, text, html)
    SELECT name, locale, version + 1, subject,
        replace(replace(replace(text, 'e-mail', 'email'), 'this mail', 'this email'), 'a mail', 'an email'),
        replace(replace(replace(html, 'e-mail', 'email'), 'this mail', 'this email'), 'a mail', 'an email')
    FROM templates t
    WHERE locale = 'en'
        AND NOT EXISTS (
            SELECT FROM templates n WHERE n.name = t.name AND n.locale = t.locale AND n.version > t.version
        )
        AND (version = 1 OR EXISTS (
            SELECT FROM templates o
            WHERE t.name = 'email' AND t.version = 2
                AND o.name = t.name AND o.locale = t.locale AND o.version = 1 AND t.subject = o.subject
                AND t.text = replace(o.text, ' {{ name }},', ',') AND t.html = replace(o.html, ' {{ name }},', ',')
        ));
