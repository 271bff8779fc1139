-- The experiments of a lifecycle, oldest first, with the number of their runs of the same lifecycle. ?1: active or deleted.
SELECT
    experiments.id, experiments.name, experiments.lifecycle, experiments.created, experiments.updated,
    coalesce(counted.runs, 0)
FROM experiments
LEFT JOIN (
    SELECT experiment_id, count(*) AS runs FROM runs WHERE lifecycle = ?1 GROUP BY experiment_id
) AS counted ON counted.experiment_id = experiments.id
WHERE experiments.lifecycle = ?1
ORDER BY experiments.id
