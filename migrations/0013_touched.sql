-- Which records each change touched and what they were called, so that the log can be asked about a document.

CREATE TABLE mcp_touched (
    log_id TEXT NOT NULL,                -- the entry of the log that was written with the change
    model TEXT NOT NULL,
    record_id BIGINT NOT NULL,
    name TEXT NOT NULL,                  -- what the record was called then, shortened
    sought TEXT NOT NULL,                -- the same in small letters
    PRIMARY KEY (log_id, model, record_id)
);
CREATE INDEX mcp_touched_sought ON mcp_touched (sought, model, record_id, log_id);
CREATE INDEX mcp_touched_record ON mcp_touched (model, record_id, log_id);

-- An undo is found under the model whose records it put back.
UPDATE mcp_log SET model = target WHERE kind = 'admin' AND method = 'change.undo' AND model IS NULL;
