-- What was changed through MCP, what waits for a person's word, and what must not be done twice.

CREATE TABLE mcp_changes (
    id TEXT PRIMARY KEY,                 -- UUIDv7
    log_id TEXT NOT NULL,                -- the entry of the log that was written with it
    at BIGINT NOT NULL,
    user_id BIGINT NOT NULL,             -- for whom it was done
    login TEXT NOT NULL,
    model TEXT NOT NULL,                 -- that was asked to be changed
    operation TEXT NOT NULL,             -- create, write, delete, method_call, undo
    method TEXT,
    ids TEXT NOT NULL,                   -- JSON array: records created or acted upon
    images TEXT NOT NULL,                -- JSON: every record touched, before and after, as it is stored
    differences TEXT NOT NULL,           -- JSON: the same as people read it
    lasting TEXT,                        -- why it can't be undone; NULL where it can
    undoes TEXT REFERENCES mcp_changes (id),
    undone_by TEXT                       -- change that took it back
);
CREATE UNIQUE INDEX mcp_changes_log ON mcp_changes (log_id);
CREATE INDEX mcp_changes_at ON mcp_changes (at);

CREATE TABLE mcp_approvals (
    id TEXT PRIMARY KEY,                 -- UUIDv7
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    user_id BIGINT NOT NULL,             -- who asked, and as whom it runs
    login TEXT NOT NULL,
    key_id TEXT NOT NULL,
    key_name TEXT NOT NULL,
    grant_id TEXT,                       -- connection it came through
    client TEXT,                         -- name and version, as the client says
    tool TEXT NOT NULL,
    model TEXT NOT NULL,
    operation TEXT NOT NULL,
    method TEXT,
    payload TEXT NOT NULL,               -- JSON: exactly what runs
    company_ids TEXT NOT NULL,           -- JSON array: companies it works in
    images TEXT NOT NULL,                -- JSON: what it did when it was tried, as it is stored
    differences TEXT NOT NULL,           -- JSON: the same as people read it
    lasting TEXT,                        -- why it can't be undone; NULL where it can
    seal TEXT,                           -- digest of the records acted upon, as they were shown
    amount BIGINT,                       -- largest total of the documents, cents of their company's currency
    why TEXT NOT NULL,                   -- the rules that demand a person's word
    four_eyes BOOLEAN NOT NULL,          -- whoever asked can't approve
    state TEXT NOT NULL,                 -- pending, approved, refused
    decided_at BIGINT,
    decided_by BIGINT,
    decided_login TEXT,
    word TEXT,                           -- what the approver said
    change_id TEXT                       -- what was done
);
CREATE INDEX mcp_approvals_state ON mcp_approvals (state, asked_at);
CREATE INDEX mcp_approvals_user ON mcp_approvals (user_id, asked_at);

-- Who deletes asks for these links, and so does the database.
CREATE INDEX account_move_reversed ON account_move (reversed_entry_id);
CREATE INDEX stock_picking_backorder ON stock_picking (backorder_id);
CREATE INDEX stock_movement_categ ON stock_movement (categ_id);

CREATE TABLE mcp_idempotency (
    key_id TEXT NOT NULL,                -- MCP key of the caller
    idempotency_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,           -- SHA-256 of tool and arguments, hexadecimal
    at BIGINT NOT NULL,
    answer TEXT NOT NULL,                -- JSON, as it was answered
    said TEXT NOT NULL,                  -- text beside it
    PRIMARY KEY (key_id, idempotency_key)
);
CREATE INDEX mcp_idempotency_at ON mcp_idempotency (at);
