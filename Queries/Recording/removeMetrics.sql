-- Removes the values of a run's metrics from a step on. ?1: run. ?2: step.
DELETE FROM metrics WHERE run_id = ?1 AND step >= ?2
