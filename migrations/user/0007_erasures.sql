-- Which services must still erase what they hold on a closed account. A row commits with the account's end, and is tried until the
-- service has done it. Rows stay: a service that is restored from an older backup must do it again (docs/operations.md).
CREATE TABLE erasures (
    user_id    uuid NOT NULL,
    peer       text NOT NULL CHECK (peer IN ('payment', 'verification')),
    attempts   integer NOT NULL DEFAULT 0,
    due_at     timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    done_at    timestamptz,
    PRIMARY KEY (user_id, peer)
);

CREATE INDEX erasures_due ON erasures (due_at) WHERE done_at IS NULL;
