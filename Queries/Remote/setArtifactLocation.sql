-- Notes where a program said that the artifacts of an experiment lie. ?1: experiment. ?2: the place.
UPDATE experiments SET artifact_location = ?2 WHERE id = ?1
