-- The console: who is signed in where.

CREATE TABLE web_sessions (
    id TEXT PRIMARY KEY,                 -- SHA-256 of the cookie's value, hexadecimal
    user_id BIGINT,                      -- who is signed in; NULL before that
    data TEXT NOT NULL,                  -- JSON object, tower-sessions' own
    expires_at BIGINT NOT NULL
);
CREATE INDEX web_sessions_user ON web_sessions (user_id);
CREATE INDEX web_sessions_expiry ON web_sessions (expires_at);
