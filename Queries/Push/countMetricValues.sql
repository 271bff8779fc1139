-- How many values of a metric a run has between two steps, counted no further than wanted. ?1: the run's number. ?2: the key
-- of the metric. ?3: the step behind which they begin. ?4: the last step. ?5: how far to count.
SELECT count(*)
FROM (SELECT 1 FROM metrics WHERE run_id = ?1 AND key_id = ?2 AND step > ?3 AND step <= ?4 LIMIT ?5)
