-- The first step behind another one at which a run has a value of a metric. ?1: the run's number. ?2: the key of the metric.
-- ?3: the step.
SELECT step FROM metrics WHERE run_id = ?1 AND key_id = ?2 AND step > ?3 ORDER BY step LIMIT 1
