-- Takes away the metrics of runs that are merged again, but of those that have only grown.
DELETE FROM main.metrics WHERE run_id IN (SELECT id FROM temp.merged_runs WHERE outcome = 'updated' AND NOT grows_metrics)
