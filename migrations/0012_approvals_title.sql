-- What the list of approvals says of a change, so that it need not read the whole of it.

ALTER TABLE mcp_approvals ADD COLUMN records BIGINT NOT NULL DEFAULT 1;  -- records that it is asked for
ALTER TABLE mcp_approvals ADD COLUMN record_id BIGINT;                   -- the record, where it is one that was there
ALTER TABLE mcp_approvals ADD COLUMN called TEXT;                        -- what that one is called, or the new one
