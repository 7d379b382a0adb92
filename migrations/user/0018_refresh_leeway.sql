-- Spends a refresh token for its successor, or says that it brings nothing: one call, so one decision. Answers no row if the token
-- brings nothing; otherwise the account and session that it is of, which of `successors` now lives, and since when.
-- rotate_refresh_token stays for replicas of the release before.
--   presented   hash of the token
--   successors  hashes of what may follow it; the first does, if the token is spent now. A repeat finds which one did
--   idle        how long a session lasts without being used
--   leeway      for how long a repeat gets its answer again; 0: never
CREATE FUNCTION spend_refresh_token(
    presented bytea, successors bytea[], moment timestamptz, idle interval, leeway interval
) RETURNS TABLE (session uuid, account uuid, account_role text, successor bytea, since timestamptz) LANGUAGE plpgsql AS $$
DECLARE
    t record;
BEGIN
    -- The session's row is locked too, so that its end and its rotations come one after the other.
    SELECT r.session_id, r.spent_at, s.user_id, u.role INTO t
        FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id JOIN users u ON u.id = s.user_id
        WHERE r.hash = presented AND s.ended_at IS NULL AND s.expires_at > moment AND s.last_used_at > moment - idle AND u.status = 'active'
        FOR UPDATE OF r, s;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF t.spent_at IS NULL THEN
        UPDATE refresh_tokens SET spent_at = moment WHERE hash = presented;
        INSERT INTO refresh_tokens (hash, session_id, created_at) VALUES (successors[1], t.session_id, moment);
        UPDATE sessions SET last_used_at = moment WHERE id = t.session_id;
        RETURN QUERY SELECT t.session_id, t.user_id, t.role, successors[1], moment;
        RETURN;
    END IF;
    -- A repeat: of two tabs at once, or because the answer was lost. It gets the token that the first use brought, if that still lives.
    IF leeway > interval '0' AND moment - t.spent_at <= leeway THEN
        RETURN QUERY SELECT t.session_id, t.user_id, t.role, r.hash, r.created_at FROM refresh_tokens r
            WHERE r.session_id = t.session_id AND r.spent_at IS NULL AND r.hash = ANY (successors);
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    -- Two hold this token: nobody can tell which of them is the owner.
    UPDATE sessions SET ended_at = moment WHERE id = t.session_id;
END
$$;
