-- The metrics of a run with the latest, the least and the greatest value of each. ?1: the run's number.
SELECT
    metric_keys.key, known.step, known.timestamp, known.value, known.is_nan, known.least, known.least_step, known.greatest,
    known.greatest_step
FROM run_metric_keys AS known
CROSS JOIN metric_keys ON metric_keys.id = known.key_id
WHERE known.run_id = ?1
