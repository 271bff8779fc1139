-- Sets what a run's row says of its rows after some were removed. ?1: run. ?2 and ?3: the checksums of its variances and
-- metrics, which a run that never had some stays without. ?4: now. Behind the greatest number there is none.
UPDATE runs
SET variances_checksum = iif(variances_checksum IS NULL, NULL, ?2),
    metrics_checksum = iif(metrics_checksum IS NULL, NULL, ?3),
    last_step = coalesce(
        (SELECT max(step) FROM layer_variances WHERE run_id = ?1),
        (SELECT max(step) FROM metrics WHERE run_id = ?1)
    ),
    steps = 1 + min(
        9223372036854775806,
        max(
            -1,
            coalesce((SELECT max(step) FROM layer_variances WHERE run_id = ?1), -1),
            coalesce((SELECT max(step) FROM metrics WHERE run_id = ?1), -1)
        )
    ),
    updated = ?4
WHERE id = ?1
