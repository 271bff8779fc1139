-- What a run's row says that cannot be changed later, but for the last step, which its rows show. ?1: the run's number.
SELECT
    runs.uuid, runs.name, runs.architecture, runs.seed, runs.status, runs.started, runs.ended, runs.steps,
    runs.configuration, runs.configuration_digest, runs.initial_weights_digest, runs.batch_order_digest,
    runs.final_weights_digest, runs.numerics, runs.host, runs.boot_id, runs.pid, runs.process_started, runs.heartbeat,
    runs.variances_checksum, runs.metrics_checksum, datasets.digest, environments.digest
FROM runs
LEFT JOIN datasets ON datasets.id = runs.dataset_id
LEFT JOIN environments ON environments.id = runs.environment_id
WHERE runs.id = ?1
