-- Takes away the variances of runs that are merged again.
DELETE FROM main.layer_variances WHERE run_id IN (SELECT id FROM temp.merged_runs WHERE outcome = 'updated')
