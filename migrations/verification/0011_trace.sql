-- Which trace asked for it (a W3C traceparent), so that what works on it later can tell. NULL where none is known.
ALTER TABLE verifications ADD COLUMN trace text CHECK (length(trace) = 55);
ALTER TABLE reports ADD COLUMN trace text CHECK (length(trace) = 55);
