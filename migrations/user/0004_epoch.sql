-- When each backup was made (docs/order-flow.md, "A store that is older than it was"): the highest epoch is the one that both
-- Redis databases must have at least. A store that stands at an epoch has everything up to when that epoch was raised.
CREATE TABLE epochs (
    epoch     bigint PRIMARY KEY CHECK (epoch > 0),
    raised_at timestamptz NOT NULL DEFAULT now()
);
