-- What was changed of a run by hand, oldest first. ?1: the run's number.
SELECT run_id, at, field, old, new FROM edits WHERE run_id = ?1 ORDER BY at, field
