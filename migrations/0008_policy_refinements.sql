-- What a policy says beyond operations and methods, as JSON; NULL: nothing.
ALTER TABLE mcp_policies ADD COLUMN refinements TEXT;

-- "Always narrow queries": movements are many, so whoever asks for them says which.
UPDATE mcp_policies SET refinements = '{"narrowing":true}' WHERE model = 'stock.movement';
