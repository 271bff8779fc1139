-- Copies the rows of runs from the attached store.
INSERT INTO main.runs (
    id, uuid, experiment_id, dataset_id, name, architecture, seed, status, lifecycle, started, ended, steps, last_step,
    configuration, configuration_digest, initial_weights_digest, batch_order_digest, final_weights_digest, numerics,
    environment_id, host, machine_id, boot_id, pid_namespace, pid, process_started, heartbeat, updated, unproven,
    variances_checksum, metrics_checksum, run_checksum
)
SELECT
    merged_runs.id, incoming.uuid, merged_experiments.id, merged_datasets.id, incoming.name, incoming.architecture,
    incoming.seed, incoming.status, incoming.lifecycle, incoming.started, incoming.ended, incoming.steps,
    incoming.last_step, incoming.configuration, incoming.configuration_digest, incoming.initial_weights_digest,
    incoming.batch_order_digest, incoming.final_weights_digest, incoming.numerics, merged_environments.id,
    incoming.host, incoming.machine_id, incoming.boot_id, incoming.pid_namespace, incoming.pid,
    incoming.process_started, incoming.heartbeat, incoming.updated, incoming.unproven, incoming.variances_checksum,
    incoming.metrics_checksum, incoming.run_checksum
FROM temp.merged_runs
CROSS JOIN source.runs AS incoming ON incoming.id = merged_runs.source_id
LEFT JOIN temp.merged_experiments ON merged_experiments.source_id = incoming.experiment_id
LEFT JOIN temp.merged_datasets ON merged_datasets.source_id = incoming.dataset_id
LEFT JOIN temp.merged_environments ON merged_environments.source_id = incoming.environment_id
WHERE merged_runs.outcome = 'added'
ORDER BY merged_runs.id
