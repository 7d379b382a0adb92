-- The search of accounts by a part of the name or the address. `searchable` is both in the form in
-- which they are compared, which only the service can make (store/search.rs). `folding` is the version
-- of that form; 0 means that it is missing or out of date. A job fills it in (jobs/folding.rs), for the
-- accounts of before and for all that replicas of any release write.
ALTER TABLE users
    ADD COLUMN searchable text,
    ADD COLUMN folding integer NOT NULL DEFAULT 0;

CREATE INDEX users_folding ON users (folding);

CREATE FUNCTION fold_account_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.folding := 0;
    RETURN NEW;
END
$$;

CREATE TRIGGER fold_account_again BEFORE UPDATE OF name, email ON users FOR EACH ROW
    WHEN (NEW.name IS DISTINCT FROM OLD.name OR NEW.email IS DISTINCT FROM OLD.email)
    EXECUTE FUNCTION fold_account_again();

-- Trigrams find any part of a text. The extension is trusted, so the owner of the database may
-- create it, and it comes with the server. A provider that withholds it does not stop the upgrade:
-- a search then reads every account.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX users_searchable ON users USING gin (searchable gin_trgm_ops);
EXCEPTION
    WHEN insufficient_privilege OR feature_not_supported OR undefined_file THEN
        RAISE WARNING 'pg_trgm is not available, so searches of accounts have no index: %', SQLERRM;
END
$$;
