-- Has a run be one that still runs, as it was at an earlier step. ?1: its number here. ?2: that step. ?3 and ?4: the checksums
-- of its variances and metrics up to there.
UPDATE main.runs
SET status = 'running', ended = NULL, last_step = ?2, steps = min(steps, max(0, ?2 + 1)),
    heartbeat = min(started, coalesce(heartbeat, started)), variances_checksum = ?3, metrics_checksum = ?4,
    run_checksum = NULL
WHERE id = ?1
