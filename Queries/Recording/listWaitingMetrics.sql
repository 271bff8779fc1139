-- The values of metrics that wait to be put in place, in the order in which they came.
SELECT id, run_id, rows, checksum FROM waiting_metrics ORDER BY id
