-- Holds the rows of two copies of a run against each other: both statuses; whether they were begun alike, and ended alike;
-- whether the last sign of life is later there or here, none being later than any; whether Varve executed the run; whether
-- it was changed later there; whether the architecture or the seed is known there only; whether what its
-- numbers are was edited; whether the checksums of its variances and of its metrics are equal. What was edited by hand may
-- differ.
-- ?1: the run's number in the attached store. ?2: its number here.
SELECT
    incoming.status,
    runs.status,
    (runs.configuration IS NULL OR (incoming.architecture IS runs.architecture AND incoming.seed IS runs.seed))
        AND incoming.started = runs.started
        AND incoming.configuration IS runs.configuration AND incoming.numerics IS runs.numerics
        AND incoming_datasets.digest IS datasets.digest AND incoming_environments.digest IS environments.digest,
    (
        incoming.status = runs.status AND incoming.ended IS runs.ended
        OR EXISTS (SELECT 1 FROM source.edits WHERE run_id = ?1 AND field = 'status')
        OR EXISTS (SELECT 1 FROM main.edits WHERE run_id = ?2 AND field = 'status')
    )
        AND incoming.steps = runs.steps
        AND incoming.last_step IS runs.last_step AND incoming.initial_weights_digest IS runs.initial_weights_digest
        AND incoming.batch_order_digest IS runs.batch_order_digest
        AND incoming.final_weights_digest IS runs.final_weights_digest,
    coalesce(incoming.heartbeat, 9223372036854775807) > coalesce(runs.heartbeat, 9223372036854775807),
    coalesce(incoming.heartbeat, 9223372036854775807) < coalesce(runs.heartbeat, 9223372036854775807),
    runs.configuration IS NOT NULL,
    coalesce(incoming.updated, 0) > coalesce(runs.updated, 0),
    (runs.architecture IS NULL AND incoming.architecture IS NOT NULL) OR (runs.seed IS NULL AND incoming.seed IS NOT NULL),
    EXISTS (SELECT 1 FROM source.edits WHERE run_id = ?1 AND field = 'measure')
        OR EXISTS (SELECT 1 FROM main.edits WHERE run_id = ?2 AND field = 'measure'),
    incoming.variances_checksum IS NOT NULL AND incoming.variances_checksum IS runs.variances_checksum,
    incoming.metrics_checksum IS NOT NULL AND incoming.metrics_checksum IS runs.metrics_checksum
FROM source.runs AS incoming
CROSS JOIN main.runs ON runs.id = ?2
LEFT JOIN source.datasets AS incoming_datasets ON incoming_datasets.id = incoming.dataset_id
LEFT JOIN main.datasets ON datasets.id = runs.dataset_id
LEFT JOIN source.environments AS incoming_environments ON incoming_environments.id = incoming.environment_id
LEFT JOIN main.environments ON environments.id = runs.environment_id
WHERE incoming.id = ?1
