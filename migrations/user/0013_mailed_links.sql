-- Links in mails, and what each does once it is pressed. A link decides by its own row; whatever makes it void ends that row, so a late
-- press of a link that is still good at the Verification Service changes nothing.
CREATE TABLE mailed_links (
    -- The mail: its id in the outbox, which the Verification Service knows as its idempotency key.
    mail          uuid PRIMARY KEY,
    user_id       uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    -- registration: proves the address, and gives the account what was registered. move: the account gets the address. undo: takes a move
    -- back, before or after it was made. reset: lets a forgotten password be replaced.
    kind          text NOT NULL CHECK (kind IN ('registration', 'move', 'undo', 'reset')),
    -- Where the mail goes.
    email         text NOT NULL,
    -- What was registered, while a registration waits. Afterwards only the hash of the password that the link has set, if any: a repeat
    -- of the press gets its answer again while that password counts.
    password_hash text,
    name          text,
    locale        text CHECK (locale IN ('en', 'de')),
    created_at    timestamptz NOT NULL,
    -- False for a registration whose address had got its share of mails: a mail that is asked for later carries it.
    mailed        boolean NOT NULL DEFAULT true,
    ended_at      timestamptz,
    outcome       text CHECK (outcome IN ('verified', 'moved', 'stopped', 'reverted', 'password_reset', 'superseded')),
    CHECK ((ended_at IS NULL) = (outcome IS NULL)),
    CHECK (kind <> 'registration' OR ended_at IS NOT NULL OR (password_hash IS NOT NULL AND name IS NOT NULL AND locale IS NOT NULL))
);

CREATE UNIQUE INDEX mailed_links_unmailed ON mailed_links (user_id) WHERE NOT mailed;
CREATE INDEX mailed_links_user ON mailed_links (user_id);
CREATE INDEX mailed_links_oldest ON mailed_links (created_at);
-- Accounts to remove if nobody proves their address.
CREATE INDEX users_unverified ON users (created_at) WHERE email_verified_at IS NULL;

-- Mails of before. Which mails an account got more than an hour ago is not known, so one row, named by the account, stands for
-- all of its links: the first that is pressed takes it.
INSERT INTO mailed_links (mail, user_id, kind, email, password_hash, name, locale, created_at)
    SELECT id, id, 'registration', email, password_hash, name, locale, now() FROM users WHERE email_verified_at IS NULL;
INSERT INTO mailed_links (mail, user_id, kind, email, created_at)
    SELECT user_id, user_id, 'move', new_email, created_at FROM email_changes ON CONFLICT DO NOTHING;
-- A link for a new password is good for an hour, as long as the outbox keeps its mail.
INSERT INTO mailed_links (mail, user_id, kind, email, created_at)
    SELECT o.id, u.id, 'reset', o.email, o.created_at
    FROM outbox o JOIN users u ON u.id::text = o.request ->> 'user_id' AND u.email = o.email
    WHERE o.request ->> 'purpose' = 'password_reset';
-- email_changes stays for replicas of the release before, and is not read any more.
