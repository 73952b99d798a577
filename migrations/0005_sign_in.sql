-- Signing in: what was tried in vain, what is known of an account, and the link that makes the first administrator.

CREATE TABLE sign_in_failures (
    subject TEXT PRIMARY KEY,            -- SHA-256 of what is counted: a login from an address, an address, a login
    level BIGINT NOT NULL,               -- failures that are not forgotten yet, in thousandths, as of seen_at
    seen_at BIGINT NOT NULL,
    wait_until BIGINT NOT NULL           -- no further try before this
);
CREATE INDEX sign_in_failures_seen ON sign_in_failures (seen_at);

CREATE TABLE sign_in_known (
    mark TEXT NOT NULL,                  -- SHA-256 of an address or of a browser's cookie
    user_id BIGINT NOT NULL REFERENCES res_users (id),
    seen_at BIGINT NOT NULL,             -- last time that user signed in from there
    PRIMARY KEY (mark, user_id)
);
CREATE INDEX sign_in_known_user ON sign_in_known (user_id, seen_at);

CREATE TABLE first_links (
    hash TEXT PRIMARY KEY,               -- SHA-256 of the link's token, hexadecimal
    expires_at BIGINT NOT NULL
);
