-- Takes away the params of runs that are merged again.
DELETE FROM main.params WHERE run_id IN (SELECT id FROM temp.merged_runs WHERE outcome = 'updated')
