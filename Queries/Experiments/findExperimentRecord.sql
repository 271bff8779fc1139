-- An experiment, also a deleted one, with the number of its runs of the same lifecycle. ?1: its id.
SELECT
    experiments.id, experiments.name, experiments.lifecycle, experiments.created, experiments.updated,
    (SELECT count(*) FROM runs WHERE experiment_id = ?1 AND runs.lifecycle = experiments.lifecycle)
FROM experiments
WHERE experiments.id = ?1
