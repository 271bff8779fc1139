-- The keys of the metrics of a run, each with the step of its latest value. ?1: the run's number.
SELECT metric_keys.id, metric_keys.key, run_metric_keys.step
FROM run_metric_keys
CROSS JOIN metric_keys ON metric_keys.id = run_metric_keys.key_id
WHERE run_metric_keys.run_id = ?1
