-- How many variances and how many values of metrics a run has. ?1: the run's number.
SELECT
    (SELECT count(*) FROM layer_variances WHERE run_id = ?1),
    (SELECT count(*) FROM metrics WHERE run_id = ?1)
