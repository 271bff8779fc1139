-- Takes away what was noted of the metrics of runs that are merged again, or come in parts.
DELETE FROM main.run_metric_keys WHERE run_id IN (SELECT id FROM temp.merged_runs WHERE outcome IN ('added', 'updated'))
