-- The layers of a run with the last step of each. ?1: the run's number.
SELECT layers.name, layers.short_name, layers.position, layers.measure, layers.after_norm, run_layers.last_step
FROM run_layers
CROSS JOIN layers ON layers.id = run_layers.layer_id
WHERE run_layers.run_id = ?1
