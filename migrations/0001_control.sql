-- Control tables: who may come in, what they may do, what they did.
-- One text for SQLite and PostgreSQL: TEXT ids are UUIDv7 made by the program, times are epoch milliseconds.

CREATE TABLE control (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    generation BIGINT NOT NULL,          -- grows with every administrative change; caches are keyed by it
    demo TEXT,                           -- what the first start filled in; NULL until it has finished
    created_at BIGINT NOT NULL
);
INSERT INTO control (id, generation, demo, created_at) VALUES (1, 1, NULL, 0);

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL                  -- JSON
);

CREATE TABLE modules (
    name TEXT PRIMARY KEY,
    state TEXT NOT NULL,                 -- uninstalled, installed
    version TEXT,
    changed_at BIGINT NOT NULL
);

-- Users and groups, shared by console and ERP.
CREATE TABLE res_currency (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    symbol TEXT NOT NULL,
    active BOOLEAN NOT NULL
);

CREATE TABLE res_company (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    currency_id BIGINT NOT NULL REFERENCES res_currency (id),
    partner_id BIGINT,
    active BOOLEAN NOT NULL
);

CREATE TABLE res_groups (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,           -- 'Sales / User: Own Documents'
    category TEXT NOT NULL               -- application it belongs to
);

CREATE TABLE res_groups_implied_ids_rel (
    record_id BIGINT NOT NULL REFERENCES res_groups (id),
    target_id BIGINT NOT NULL REFERENCES res_groups (id),
    PRIMARY KEY (record_id, target_id)
);

CREATE TABLE res_users (
    id BIGINT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT,                  -- argon2id; NULL: can't sign in
    partner_id BIGINT,
    company_id BIGINT REFERENCES res_company (id),
    lang TEXT NOT NULL,
    tz TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    login_at BIGINT
);

CREATE TABLE res_users_group_ids_rel (
    record_id BIGINT NOT NULL REFERENCES res_users (id),
    target_id BIGINT NOT NULL REFERENCES res_groups (id),
    PRIMARY KEY (record_id, target_id)
);
CREATE INDEX res_users_group_ids_rel_target ON res_users_group_ids_rel (target_id);

CREATE TABLE res_users_company_ids_rel (
    record_id BIGINT NOT NULL REFERENCES res_users (id),
    target_id BIGINT NOT NULL REFERENCES res_company (id),
    PRIMARY KEY (record_id, target_id)
);

CREATE TABLE mcp_keys (
    id TEXT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES res_users (id),
    name TEXT NOT NULL,
    scope TEXT NOT NULL,                 -- read, write
    hash TEXT NOT NULL UNIQUE,           -- SHA-256 of the whole key, hexadecimal
    hint TEXT NOT NULL,                  -- first characters, to tell keys apart
    rate_limit BIGINT,                   -- calls per minute; NULL: the default of Settings
    created_at BIGINT NOT NULL,
    created_by BIGINT REFERENCES res_users (id),
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used_at BIGINT
);
CREATE INDEX mcp_keys_user ON mcp_keys (user_id);

CREATE TABLE mcp_policies (
    model TEXT PRIMARY KEY,
    can_read BOOLEAN NOT NULL,
    can_create BOOLEAN NOT NULL,
    can_write BOOLEAN NOT NULL,
    can_delete BOOLEAN NOT NULL,
    can_method_call BOOLEAN NOT NULL,
    can_export BOOLEAN NOT NULL,
    can_report BOOLEAN NOT NULL,
    methods TEXT NOT NULL,               -- JSON array of method names
    active BOOLEAN NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE mcp_sessions (
    id TEXT PRIMARY KEY,                 -- SHA-256 of the Mcp-Session-Id, hexadecimal
    key_id TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    client_name TEXT NOT NULL,
    client_version TEXT NOT NULL,
    protocol_version TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    calls BIGINT NOT NULL
);
CREATE INDEX mcp_sessions_seen ON mcp_sessions (last_seen_at);

CREATE TABLE rate_limits (
    subject TEXT PRIMARY KEY,            -- a key's id
    version BIGINT NOT NULL,             -- compare-and-swap
    second BIGINT NOT NULL,              -- epoch second of the newest bucket
    buckets TEXT NOT NULL                -- JSON array: calls of each of the last 60 seconds, newest first
);

CREATE TABLE mcp_log_writers (
    writer TEXT PRIMARY KEY,             -- a process, for as long as it runs
    last_seq BIGINT NOT NULL             -- grows in the transaction that writes the rows: no number is skipped
);

CREATE TABLE mcp_log (
    id TEXT PRIMARY KEY,                 -- UUIDv7: sorts by time
    writer TEXT NOT NULL,                -- process that wrote the row
    seq BIGINT NOT NULL,                 -- 1, 2, 3 … for each writer: a gap shows
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,                  -- request, call, admin
    request_id TEXT,
    user_id BIGINT,
    login TEXT,
    key_id TEXT,
    key_name TEXT,
    client TEXT,                         -- name and version, as the client says
    session TEXT,                        -- first characters of the MCP session's hash
    method TEXT NOT NULL,                -- initialize, tools/call, key.generate …
    tool TEXT,
    model TEXT,
    target TEXT,                         -- ids or domain, JSON
    row_count BIGINT,
    bytes BIGINT,
    duration_us BIGINT,
    outcome TEXT NOT NULL,               -- allowed, denied, limited, failed
    gate TEXT,                           -- gate that decided
    reason TEXT,
    detail TEXT                          -- JSON: arguments, or what an administrator changed
);
CREATE UNIQUE INDEX mcp_log_writer ON mcp_log (writer, seq);
CREATE INDEX mcp_log_at ON mcp_log (at);
CREATE INDEX mcp_log_user ON mcp_log (user_id, at);

CREATE TABLE mcp_prompts (
    name TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    arguments TEXT NOT NULL,             -- JSON array of {name, description, required}
    template TEXT NOT NULL,              -- text with {argument}
    active BOOLEAN NOT NULL
);
