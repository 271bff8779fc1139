-- What is noted of the metrics of a run. ?1: the run's number.
SELECT key_id, step, timestamp, value, is_nan, least, least_step, greatest, greatest_step
FROM run_metric_keys
WHERE run_id = ?1
