-- What decides a run's course besides seed and dataset, as canonical JSON. ?1: the run's number.
SELECT configuration FROM runs WHERE id = ?1
