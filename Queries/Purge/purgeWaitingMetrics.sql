-- Removes values of metrics of a run that wait to be put in place. ?1: run.
DELETE FROM waiting_metrics WHERE run_id = ?1
