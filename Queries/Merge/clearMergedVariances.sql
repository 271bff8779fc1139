-- Takes away the variances of runs that are merged again, but of those that have only grown.
DELETE FROM main.layer_variances WHERE run_id IN (SELECT id FROM temp.merged_runs WHERE outcome = 'updated' AND after_step IS NULL)
