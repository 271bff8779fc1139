-- Begins a run. ?1: uuid. ?2: experiment. ?3: dataset. ?4: name. ?5: architecture. ?6: seed. ?7: status. ?8: started.
-- ?9: configuration. ?10: its digest. ?11: numerics. ?12: environment. ?13 to ?18: the process that owns it (host, machine,
-- boot, pid namespace, pid, start). ?19: now, its first sign of life.
INSERT INTO runs (
    uuid, experiment_id, dataset_id, name, architecture, seed, status, started, heartbeat, updated, configuration,
    configuration_digest, numerics, environment_id, host, machine_id, boot_id, pid_namespace, pid, process_started,
    variances_checksum, metrics_checksum
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?19, ?19, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, 0, 0)
