-- Runs by their numbers; the columns of findRemoteRun. ?1: the numbers, a JSON list.
SELECT id, uuid, experiment_id, name, status, lifecycle, started, ended
FROM runs
WHERE id IN (SELECT value FROM json_each(?1))
