-- How many variances a run has between two steps, counted no further than wanted. ?1: the run's number. ?2: the step behind
-- which they begin. ?3: the last step. ?4: how far to count.
SELECT count(*)
FROM (SELECT 1 FROM layer_variances WHERE run_id = ?1 AND step > ?2 AND step <= ?3 LIMIT ?4)
