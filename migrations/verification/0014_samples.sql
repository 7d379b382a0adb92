-- Samples that an admin sends to themselves: the version of the template that the email shows. NULL for
-- every other email, also of a replica of the release before.
ALTER TABLE verifications ADD COLUMN sample_version integer CHECK (sample_version > 0);
