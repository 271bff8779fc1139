-- Removes what was noted of the metrics of a run. ?1: run.
DELETE FROM run_metric_keys WHERE run_id = ?1
