-- What can be edited of a run, whether Varve executed it, and whether a process records it. ?1: the run's number.
SELECT
    (SELECT experiments.name FROM experiments WHERE experiments.id = runs.experiment_id), runs.name, runs.architecture,
    runs.seed, runs.status, runs.configuration IS NOT NULL, runs.status = 'running' AND runs.pid IS NOT NULL
FROM runs
WHERE runs.id = ?1
