-- Buckets of cells (GCRA): of each the time at which it is full again, in microseconds since 1970. One without a row is full. The
-- key is a keyed hash: the table names neither address nor account. Unlogged: no commit waits for the disk, nothing of it is
-- archived or replicated, and what a crash forgets is a few minutes of counting.
CREATE UNLOGGED TABLE rate_limits (
    key     bytea PRIMARY KEY,
    full_at bigint NOT NULL
) WITH (fillfactor = 50);

-- Takes as many cells as all of the buckets have, at most `most`, from each; answers how many, and what each has left in
-- microseconds. `steps`: microseconds in which a cell comes back; `bursts`: cells of a full bucket.
CREATE FUNCTION take_cells(most bigint, keys bytea[], steps bigint[], bursts bigint[]) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
    now_at  bigint;
    granted bigint;
    rooms   bigint[];
BEGIN
    -- Locks them, in the order of their keys, so that no two calls wait for each other.
    INSERT INTO rate_limits AS r (key, full_at) SELECT k, 0 FROM unnest(keys) AS k ORDER BY k
        ON CONFLICT (key) DO UPDATE SET full_at = r.full_at;
    -- Only now: it may have waited.
    now_at := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
    -- One that is further away than from empty to full was written before the clock stepped back, or by another policy.
    SELECT array_agg(b.step * b.burst - least(greatest(r.full_at - now_at, 0), b.step * b.burst) ORDER BY b.nr)
        INTO rooms
        FROM unnest(keys, steps, bursts) WITH ORDINALITY AS b (key, step, burst, nr) JOIN rate_limits r USING (key);
    SELECT least(most, min(room / step)) INTO granted FROM unnest(rooms, steps) AS b (room, step);
    IF granted > 0 THEN
        SELECT array_agg(room - granted * step ORDER BY nr) INTO rooms
            FROM unnest(rooms, steps) WITH ORDINALITY AS b (room, step, nr);
    END IF;
    UPDATE rate_limits r SET full_at = now_at + b.step * b.burst - b.room
        FROM unnest(keys, steps, bursts, rooms) AS b (key, step, burst, room) WHERE r.key = b.key;
    RETURN granted || rooms;
END
$$;
