-- Emails about orders say the order's number, and lead to its page if there is one. A template that an
-- admin has changed stays: only version 1 is ours, and in English version 2 if it is that of 0013.
INSERT INTO templates (name, locale, version, subject, text, html)
    SELECT name, locale, version + 1,
        replace(subject, '{{ order_id }}', '{{ order_number }}'),
        replace(
            replace(text, '{{ order_id }}', '{{ order_number }}'),
            E'\n-- \n', E'{% if order_link %}\n{{ order_link }}\n{% endif %}\n-- \n'
        ),
        replace(
            replace(html, '{{ order_id }}', '{{ order_number }}'),
            '</div>',
            '{% if order_link %}<p style="margin:1.5rem 0"><a href="{{ order_link }}" style="background:#0a7d5a;color:#fff;text-decoration:none;padding:.8rem 1.4rem;border-radius:8px;display:inline-block;font-weight:600">'
                || CASE locale WHEN 'de' THEN 'Bestellung ansehen' ELSE 'See your order' END || E'</a></p>{% endif %}\n</div>'
        )
    FROM templates t
    WHERE name IN ('order_confirmed', 'order_refunded')
        AND NOT EXISTS (
            SELECT FROM templates n WHERE n.name = t.name AND n.locale = t.locale AND n.version > t.version
        )
        AND (version = 1 OR EXISTS (
            SELECT FROM templates o
            WHERE t.locale = 'en' AND t.version = 2
                AND o.name = t.name AND o.locale = t.locale AND o.version = 1 AND t.subject = o.subject
                AND t.text = replace(replace(replace(o.text, 'e-mail', 'email'), 'this mail', 'this email'), 'a mail', 'an email')
                AND t.html = replace(replace(replace(o.html, 'e-mail', 'email'), 'this mail', 'this email'), 'a mail', 'an email')
        ));
