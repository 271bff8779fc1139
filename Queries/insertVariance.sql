-- Records one variance, in the place of an earlier one: run, step, layer, variance.
INSERT INTO layer_variances (run_id, step, layer_id, variance) VALUES (?, ?, ?, ?)
ON CONFLICT (run_id, step, layer_id) DO UPDATE SET variance = excluded.variance
