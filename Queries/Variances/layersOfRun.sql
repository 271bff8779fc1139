-- The layers that a run has recorded, by position. ?1: the run's number.
SELECT layers.id, layers.name, layers.short_name, layers.position, layers.measure, layers.after_norm
FROM run_layers
CROSS JOIN layers ON layers.id = run_layers.layer_id
WHERE run_layers.run_id = ?1
ORDER BY layers.position, layers.id
