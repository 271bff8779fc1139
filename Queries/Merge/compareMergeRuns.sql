-- Holds the rows of two copies of a run against each other: both statuses, whether they were begun alike, whether they
-- ended alike, and whether the last sign of life is later there or here; none stands behind the end of runs of other
-- programs. ?1: the run's number in the attached store. ?2: its number here.
SELECT
    incoming.status,
    runs.status,
    incoming.architecture IS runs.architecture AND incoming.seed IS runs.seed AND incoming.started = runs.started
        AND incoming.configuration IS runs.configuration AND incoming.numerics IS runs.numerics
        AND incoming_datasets.digest IS datasets.digest AND incoming_environments.digest IS environments.digest,
    incoming.status = runs.status AND incoming.ended IS runs.ended AND incoming.steps = runs.steps
        AND incoming.last_step IS runs.last_step AND incoming.initial_weights_digest IS runs.initial_weights_digest
        AND incoming.batch_order_digest IS runs.batch_order_digest
        AND incoming.final_weights_digest IS runs.final_weights_digest,
    coalesce(incoming.heartbeat, 9223372036854775807) > coalesce(runs.heartbeat, 9223372036854775807),
    coalesce(incoming.heartbeat, 9223372036854775807) < coalesce(runs.heartbeat, 9223372036854775807)
FROM source.runs AS incoming
CROSS JOIN main.runs ON runs.id = ?2
LEFT JOIN source.datasets AS incoming_datasets ON incoming_datasets.id = incoming.dataset_id
LEFT JOIN main.datasets ON datasets.id = runs.dataset_id
LEFT JOIN source.environments AS incoming_environments ON incoming_environments.id = incoming.environment_id
LEFT JOIN main.environments ON environments.id = runs.environment_id
WHERE incoming.id = ?1
