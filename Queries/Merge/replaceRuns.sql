-- Brings the rows of runs of which more has come to what became of them: all that the checksum of their end is over and
-- that they need not have begun with.
UPDATE main.runs
SET name = incoming.name, architecture = incoming.architecture, seed = incoming.seed,
    configuration_digest = incoming.configuration_digest, host = incoming.host,
    machine_id = incoming.machine_id, boot_id = incoming.boot_id, pid_namespace = incoming.pid_namespace,
    pid = incoming.pid, process_started = incoming.process_started,
    updated = max(coalesce(runs.updated, 0), coalesce(incoming.updated, 0)), unproven = incoming.unproven,
    status = incoming.status, ended = incoming.ended, steps = incoming.steps, last_step = incoming.last_step,
    initial_weights_digest = incoming.initial_weights_digest, batch_order_digest = incoming.batch_order_digest,
    final_weights_digest = incoming.final_weights_digest, heartbeat = incoming.heartbeat,
    variances_checksum = incoming.variances_checksum, metrics_checksum = incoming.metrics_checksum,
    run_checksum = incoming.run_checksum
FROM temp.merged_runs
CROSS JOIN source.runs AS incoming ON incoming.id = merged_runs.source_id
WHERE runs.id = merged_runs.id AND merged_runs.outcome = 'updated'
