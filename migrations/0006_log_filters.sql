-- What the Logs screen asks: pages newest first, by user, and what was refused or administered.

DROP INDEX mcp_log_at;
-- Tool and model stand in it so that looking for them touches no row.
CREATE INDEX mcp_log_at ON mcp_log (at, id, tool, model);

DROP INDEX mcp_log_user;
CREATE INDEX mcp_log_user ON mcp_log (user_id, at, id);

-- Few rows are in these two, so they cost the writing of the others nothing.
CREATE INDEX mcp_log_refused ON mcp_log (outcome, at, id) WHERE outcome <> 'allowed';
CREATE INDEX mcp_log_admin ON mcp_log (at, id) WHERE kind = 'admin';
