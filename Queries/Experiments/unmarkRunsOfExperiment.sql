-- Takes the marks off the runs of an experiment. ?1: experiment. ?2: the tag's key.
DELETE FROM tags WHERE key = ?2 AND run_id IN (SELECT id FROM runs WHERE experiment_id = ?1)
