-- The value of a param. ?1: the run's number. ?2: its key.
SELECT value FROM params WHERE run_id = ?1 AND key = ?2
