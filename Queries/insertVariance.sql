-- Records one variance: run, step, layer, variance.
INSERT INTO layer_variances (run_id, step, layer_id, variance) VALUES (?, ?, ?, ?)
