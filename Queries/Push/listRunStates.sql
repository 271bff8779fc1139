-- What tells of runs whether another store has less of them, in their order. ?1: the number behind which they begin. ?2: how
-- many.
SELECT
    id, uuid, status, lifecycle, updated, heartbeat, steps, last_step, variances_checksum, metrics_checksum, run_checksum
FROM runs
WHERE id > ?1
ORDER BY id
LIMIT ?2
