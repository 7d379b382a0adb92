-- At most one refresh token of a session lives, whatever code runs.
CREATE UNIQUE INDEX refresh_tokens_live ON refresh_tokens (session_id) WHERE spent_at IS NULL;
CREATE INDEX sessions_ended ON sessions (coalesce(ended_at, expires_at));

-- Spends a refresh token for one of its successors, or says that it brings nothing: one call, so one decision. Answers no row where
-- the token brings nothing; otherwise whose it is, and which of `successors` now lives.
--   presented   hash of the token
--   successors  hashes of what may follow it; the first does, where the token is spent now. A repeat finds which one did
--   attempt     hash of the Idempotency-Key, or null
--   idle        how long a session lasts without being used
--   grace       for how long the same attempt gets its answer again
CREATE FUNCTION rotate_refresh_token(
    presented bytea, successors bytea[], attempt bytea, moment timestamptz, idle interval, grace interval
) RETURNS TABLE (session uuid, account uuid, account_role text, successor bytea) LANGUAGE plpgsql AS $$
DECLARE
    t record;
BEGIN
    -- The session's row is locked too, so that its end and its rotations come one after the other.
    SELECT r.session_id, r.spent_at, r.spent_key, s.user_id, u.role INTO t
        FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id JOIN users u ON u.id = s.user_id
        WHERE r.hash = presented AND s.ended_at IS NULL AND s.expires_at > moment AND s.last_used_at > moment - idle AND u.status = 'active'
        FOR UPDATE OF r, s;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF t.spent_at IS NULL THEN
        UPDATE refresh_tokens SET spent_at = moment, spent_key = attempt WHERE hash = presented;
        INSERT INTO refresh_tokens (hash, session_id, created_at) VALUES (successors[1], t.session_id, moment);
        UPDATE sessions SET last_used_at = moment WHERE id = t.session_id;
        RETURN QUERY SELECT t.session_id, t.user_id, t.role, successors[1];
        RETURN;
    END IF;
    -- A repeat of the same attempt, whose answer was lost: the token that it brought, if that still lives.
    IF attempt = t.spent_key AND moment - t.spent_at <= grace THEN
        RETURN QUERY SELECT t.session_id, t.user_id, t.role, r.hash FROM refresh_tokens r
            WHERE r.session_id = t.session_id AND r.spent_at IS NULL AND r.hash = ANY (successors);
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    -- Two hold this token: nobody can tell which of them is the owner.
    UPDATE sessions SET ended_at = moment WHERE id = t.session_id;
END
$$;
