-- Finds what housekeeping looks for once a minute, without reading every email there ever was: emails
-- with a link that nobody has used yet, tokens by their end, and accounts that were erased lately.
CREATE INDEX verifications_unused ON verifications (sent_at)
    WHERE status = 'sent' AND sample_version IS NULL
        AND purpose IN ('email', 'email_change', 'email_change_asked', 'email_changed', 'password_reset');
CREATE INDEX tokens_expiry ON tokens (expires_at);
CREATE INDEX erased_users_lately ON erased_users (erased_at);
