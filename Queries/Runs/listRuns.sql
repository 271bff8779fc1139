-- The runs of a lifecycle, newest first. ?1: active or deleted, NULL for both. ?2: at most this many, -1 for all. A filter, an
-- order and the run after which the list continues take the places of the marks.
SELECT
    runs.id, runs.uuid, experiments.name, runs.name, runs.architecture, runs.seed, runs.status, runs.started, runs.ended,
    runs.steps, runs.last_step, datasets.name, datasets.digest, runs.configuration_digest, runs.initial_weights_digest,
    runs.batch_order_digest, runs.final_weights_digest, runs.numerics, environments.content,
    iif(runs.status = 'running', runs.heartbeat, NULL), runs.updated
FROM runs
CROSS JOIN experiments ON experiments.id = runs.experiment_id
LEFT JOIN datasets ON datasets.id = runs.dataset_id
LEFT JOIN environments ON environments.id = runs.environment_id
WHERE runs.lifecycle = coalesce(?1, runs.lifecycle) /* AND filter */ /* AND after */
ORDER BY /* order, */ runs.id DESC
LIMIT ?2
