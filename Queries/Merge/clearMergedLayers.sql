-- Takes away what was noted of the layers of runs that are merged again, or come in parts.
DELETE FROM main.run_layers WHERE run_id IN (SELECT id FROM temp.merged_runs WHERE outcome IN ('added', 'updated'))
