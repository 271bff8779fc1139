-- What tells whether another store has more of a run. ?1: the run's uuid.
SELECT
    id, uuid, status, lifecycle, updated, heartbeat, steps, last_step, variances_checksum, metrics_checksum, run_checksum
FROM runs
WHERE uuid = ?1
