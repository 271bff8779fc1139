-- What a run was executed with, as JSON. ?1: the run's number.
SELECT content FROM environments WHERE id = (SELECT environment_id FROM runs WHERE id = ?1)
