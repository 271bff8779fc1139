-- Notes how far a run has come, and changes its checksums as noteProgress does. ?1: run. ?2: its last step. ?3: now. ?4 and
-- ?5: what the new rows change in the checksums of variances and metrics. ?6: steps.
UPDATE runs
SET last_step = ?2, steps = ?6, updated = ?3, run_checksum = NULL,
    variances_checksum = (variances_checksum | ?4) - (variances_checksum & ?4),
    metrics_checksum = (metrics_checksum | ?5) - (metrics_checksum & ?5)
WHERE id = ?1
