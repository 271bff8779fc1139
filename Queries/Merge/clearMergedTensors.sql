-- Takes away the tensors of runs that are merged again.
DELETE FROM main.tensors WHERE run_id IN (SELECT id FROM temp.merged_runs WHERE outcome = 'updated')
