-- Removing an account finds its sessions, ended or not, and its emails, without reading every one
-- that there is.
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX outbox_user ON outbox ((request ->> 'user_id'));
-- The admins, newest first: locked together, and listed.
CREATE INDEX users_admins ON users (created_at DESC, id DESC) WHERE role = 'admin';
