-- The rows of a run's metrics. ?1: the run's number.
SELECT key_id, step, timestamp, value, is_nan FROM metrics WHERE run_id = ?1 ORDER BY key_id, step
