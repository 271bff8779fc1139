-- Begins a run that has no process. ?1: uuid. ?2: experiment. ?3: name. ?4: started. ?5: now, its first sign of life.
INSERT INTO runs (
    uuid, experiment_id, name, status, started, heartbeat, updated, variances_checksum, metrics_checksum
) VALUES (?1, ?2, ?3, 'running', ?4, ?5, ?5, 0, 0)
