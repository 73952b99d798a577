-- What a method answered, and which columns of a file hold text from outside the company.

ALTER TABLE mcp_changes ADD COLUMN answer TEXT;    -- JSON: what the method answered; NULL where it answers nothing
ALTER TABLE mcp_files ADD COLUMN untrusted TEXT;   -- JSON array of columns; NULL where nothing in it comes from outside
