-- Sets a run's last step by its rows: the variances, or where it has none the metrics. ?1: the run's number.
UPDATE runs
SET last_step = coalesce(
    (SELECT max(step) FROM layer_variances WHERE run_id = ?1),
    (SELECT max(step) FROM metrics WHERE run_id = ?1)
)
WHERE id = ?1
