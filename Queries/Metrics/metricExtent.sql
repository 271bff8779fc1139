-- How many values of one metric of a run there are, and their first and last step. ?1: the run's number. ?2: the metric's
-- key. ?3 and ?4: the first and the last step that count.
SELECT count(*), min(step), max(step)
FROM metrics
WHERE run_id = ?1 AND key_id = (SELECT id FROM metric_keys WHERE key = ?2) AND step BETWEEN ?3 AND ?4
