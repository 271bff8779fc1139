-- The data sets that runs were given to read, by name within each. ?1: the runs, a JSON list.
SELECT run_id, name, digest, content
FROM run_inputs
WHERE run_id IN (SELECT value FROM json_each(?1))
ORDER BY run_id, name, digest
