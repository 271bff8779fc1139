-- Removes a param of a run. ?1: run. ?2: key.
DELETE FROM params WHERE run_id = ?1 AND key = ?2
