-- The rows that a new contact leaves: its number, itself, its entry of the log and of the journal. The last two are
-- copied from the last contact that was made through MCP, so that they are as long.
INSERT INTO erp_sequences AS s (name, next_id) VALUES ('res_partner', 2)
ON CONFLICT (name) DO UPDATE SET next_id = s.next_id + 1;

INSERT INTO res_partner (id, name, is_company, customer_rank, supplier_rank, create_date, active)
SELECT next_id - 1, 'Bench', FALSE, 0, 0, unixepoch() * 1000, TRUE FROM erp_sequences WHERE name = 'res_partner';

UPDATE res_partner SET commercial_partner_id = id
WHERE id = (SELECT next_id - 1 FROM erp_sequences WHERE name = 'res_partner');

INSERT INTO mcp_log (id, writer, seq, at, kind, request_id, user_id, login, key_id, key_name, client, method, tool, model,
                     row_count, bytes, duration_us, outcome)
SELECT printf('f%035d', n.seq), 'bench', n.seq, l.at, l.kind, l.request_id, l.user_id, l.login, l.key_id, l.key_name,
       l.client, l.method, l.tool, l.model, l.row_count, l.bytes, l.duration_us, l.outcome
FROM (SELECT COALESCE(MAX(seq), 0) + 1 AS seq FROM mcp_log WHERE writer = 'bench') AS n,
     (SELECT * FROM mcp_log WHERE id = (SELECT log_id FROM mcp_changes WHERE operation = 'create' LIMIT 1)) AS l;

INSERT INTO mcp_changes (id, log_id, at, user_id, login, model, operation, ids, images, differences)
SELECT printf('f%035d', n.seq), printf('f%035d', n.seq), c.at, c.user_id, c.login, c.model, c.operation, c.ids, c.images,
       c.differences
FROM (SELECT MAX(seq) AS seq FROM mcp_log WHERE writer = 'bench') AS n,
     (SELECT * FROM mcp_changes WHERE operation = 'create' LIMIT 1) AS c
