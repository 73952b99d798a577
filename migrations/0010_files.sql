-- Files that exports and reports made, waiting to be fetched by the user for whom they were made.

CREATE TABLE mcp_files (
    id TEXT PRIMARY KEY,                 -- UUID, version 7
    user_id BIGINT NOT NULL,
    key_id TEXT NOT NULL,
    grant_id TEXT,                       -- NULL: by an MCP key itself
    request_id TEXT NOT NULL,            -- as in the log
    kind TEXT NOT NULL,                  -- export, report
    model TEXT NOT NULL,
    name TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    size BIGINT NOT NULL,                -- bytes
    row_count BIGINT,
    preview TEXT,                        -- first rows as text, where the file itself is not shown whole
    ready BOOLEAN NOT NULL,              -- false while it is being written
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX mcp_files_user ON mcp_files (user_id, created_at);
CREATE INDEX mcp_files_expiry ON mcp_files (expires_at);

CREATE TABLE mcp_file_chunks (
    file_id TEXT NOT NULL REFERENCES mcp_files (id) ON DELETE CASCADE,
    n BIGINT NOT NULL,                   -- 0, 1, …
    bytes BYTEA NOT NULL,
    PRIMARY KEY (file_id, n)
);

CREATE TABLE mcp_file_links (
    hash TEXT PRIMARY KEY,               -- SHA-256 of the whole token, hexadecimal
    file_id TEXT NOT NULL REFERENCES mcp_files (id) ON DELETE CASCADE,
    key_id TEXT NOT NULL,                -- by whose leave it was given out
    grant_id TEXT,
    expires_at BIGINT NOT NULL
);
CREATE INDEX mcp_file_links_file ON mcp_file_links (file_id);
CREATE INDEX mcp_file_links_expiry ON mcp_file_links (expires_at);
