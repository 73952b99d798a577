-- MCP SERVER OAUTH: clients, what people approved, and the tokens that came of it.

CREATE TABLE oauth_clients (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL UNIQUE,      -- RFC 6749, 2.2; the address of its document where it has one
    name TEXT NOT NULL,
    source TEXT NOT NULL,                -- administrator, registration (RFC 7591), document
    confidential BOOLEAN NOT NULL,       -- must show a secret
    enabled BOOLEAN NOT NULL,
    allow_read BOOLEAN NOT NULL,
    allow_write BOOLEAN NOT NULL,
    redirect_uris TEXT NOT NULL,         -- JSON array
    registered_from TEXT,                -- address that registered it
    created_at BIGINT NOT NULL,
    created_by BIGINT REFERENCES res_users (id),
    changed_at BIGINT NOT NULL,
    changed_by BIGINT REFERENCES res_users (id)
);
CREATE INDEX oauth_clients_source ON oauth_clients (source, created_at);

CREATE TABLE oauth_client_secrets (
    hash TEXT PRIMARY KEY,               -- SHA-256 of the whole secret, hexadecimal
    client TEXT NOT NULL REFERENCES oauth_clients (id) ON DELETE CASCADE,
    hint TEXT NOT NULL,                  -- last characters
    created_at BIGINT NOT NULL,
    expires_at BIGINT                    -- set when another takes its place
);
CREATE INDEX oauth_client_secrets_client ON oauth_client_secrets (client);

-- What a person is asked on the consent page, until they answer.
CREATE TABLE oauth_requests (
    id TEXT PRIMARY KEY,                 -- SHA-256 of what the page's form sends, hexadecimal
    user_id BIGINT NOT NULL REFERENCES res_users (id),
    web_session TEXT NOT NULL,           -- hash of the browser's session that was asked
    client TEXT NOT NULL REFERENCES oauth_clients (id),
    redirect_uri TEXT NOT NULL,
    scope TEXT NOT NULL,                 -- as asked, what is ours of it
    code_challenge TEXT NOT NULL,        -- S256
    state TEXT,
    address TEXT NOT NULL,               -- path and query of the page
    expires_at BIGINT NOT NULL
);
CREATE INDEX oauth_requests_expiry ON oauth_requests (expires_at);

-- A connection: what a person approved, for one client, under one of their MCP keys.
CREATE TABLE oauth_grants (
    id TEXT PRIMARY KEY,
    client TEXT NOT NULL REFERENCES oauth_clients (id),
    user_id BIGINT NOT NULL REFERENCES res_users (id),
    key_id TEXT NOT NULL REFERENCES mcp_keys (id),
    scope TEXT NOT NULL,                 -- granted, separated by spaces
    redirect_uri TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    connected_at BIGINT,                 -- when its code was exchanged; NULL until then
    last_used_at BIGINT,
    expires_at BIGINT NOT NULL,          -- from when no token of it can work any more
    revoked_at BIGINT,
    revoked_why TEXT
);
CREATE INDEX oauth_grants_client ON oauth_grants (client);
CREATE INDEX oauth_grants_user ON oauth_grants (user_id);
CREATE INDEX oauth_grants_key ON oauth_grants (key_id);

CREATE TABLE oauth_codes (
    hash TEXT PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES oauth_grants (id),
    redirect_uri TEXT NOT NULL,
    code_challenge TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX oauth_codes_grant ON oauth_codes (grant_id);
CREATE INDEX oauth_codes_expiry ON oauth_codes (expires_at);

CREATE TABLE oauth_tokens (
    hash TEXT PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES oauth_grants (id),
    kind TEXT NOT NULL,                  -- access, refresh
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    rotated_at BIGINT,                   -- refresh: when it was first used
    uses BIGINT NOT NULL,                -- refresh: how often it was used
    revoked_at BIGINT
);
CREATE INDEX oauth_tokens_grant ON oauth_tokens (grant_id);
CREATE INDEX oauth_tokens_expiry ON oauth_tokens (expires_at);

-- Through which connection a session and an entry of the log came; NULL: by an MCP key itself.
ALTER TABLE mcp_sessions ADD COLUMN grant_id TEXT;
ALTER TABLE mcp_log ADD COLUMN grant_id TEXT;
ALTER TABLE mcp_log ADD COLUMN oauth_client TEXT;   -- its name at that time
