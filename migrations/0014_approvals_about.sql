-- What a change that waits is about, to a person: the records by the names that they have, not those that a trial gave.

ALTER TABLE mcp_approvals ADD COLUMN about TEXT NOT NULL DEFAULT '[]';  -- JSON: id, name, whom it is for, total, currency
ALTER TABLE mcp_approvals DROP COLUMN called;
