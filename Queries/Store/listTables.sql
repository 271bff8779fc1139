-- The store's tables by name, but for virtual ones of a person's own, which may not be there, or never end.
SELECT name
FROM sqlite_schema
WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND sql NOT LIKE 'CREATE VIRTUAL %'
ORDER BY name
