-- The weights of which some are missing: their positions have gaps.
SELECT run_id, stage FROM tensors GROUP BY run_id, stage HAVING count(*) <> max(position) + 1
