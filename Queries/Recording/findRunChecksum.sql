-- The checksum of the end of a run. ?1: the run's number.
SELECT run_checksum FROM runs WHERE id = ?1
