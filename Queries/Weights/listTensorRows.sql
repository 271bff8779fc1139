-- The rows of a run's tensors. ?1: the run's number.
SELECT stage, position, name, shape, dtype, digest FROM tensors WHERE run_id = ?1 ORDER BY stage, position
