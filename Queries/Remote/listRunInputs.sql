-- The data sets that runs were given to read, in the order in which they were said. ?1: the runs, a JSON list.
SELECT run_id, name, digest, content
FROM run_inputs
WHERE run_id IN (SELECT value FROM json_each(?1))
ORDER BY run_id, iif(json_valid(content), json_extract(content, '$.position'), NULL), name, digest
