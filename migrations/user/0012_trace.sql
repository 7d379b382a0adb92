-- Which trace put it there (a W3C traceparent), so that what works on it later can tell. NULL where none is known.
ALTER TABLE outbox ADD COLUMN trace text CHECK (length(trace) = 55);
ALTER TABLE erasures ADD COLUMN trace text CHECK (length(trace) = 55);
