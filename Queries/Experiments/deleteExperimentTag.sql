-- Removes a tag of an experiment. ?1: experiment. ?2: key.
DELETE FROM experiment_tags WHERE experiment_id = ?1 AND key = ?2
