-- What has to be known of a run to write to it. ?1: its uuid, or NULL. ?2: its number, or NULL.
SELECT
    id, experiment_id, lifecycle, status, configuration IS NOT NULL, pid IS NOT NULL, last_step, steps,
    run_checksum IS NOT NULL, EXISTS (SELECT 1 FROM run_layers WHERE run_layers.run_id = runs.id)
FROM runs
WHERE uuid = ?1 OR id = ?2
