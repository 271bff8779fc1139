-- Notes the greatest recorded step of a run, its steps, and that its process lives, and changes its checksums: a | b minus
-- a & b is the exclusive or, which SQLite lacks. A run that goes on has no checksum of its end.
-- ?1: run. ?2: step, NULL before the first. ?3: now. ?4 and ?5: what the new rows change in the checksums of variances and
-- metrics. ?6: steps.
UPDATE runs
SET last_step = coalesce(?2, last_step), steps = ?6, heartbeat = ?3, updated = ?3, run_checksum = NULL,
    variances_checksum = (variances_checksum | ?4) - (variances_checksum & ?4),
    metrics_checksum = (metrics_checksum | ?5) - (metrics_checksum & ?5)
WHERE id = ?1
