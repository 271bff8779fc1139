-- Records one variance: run, step, layer, variance. It fails where there is one already.
INSERT INTO layer_variances (run_id, step, layer_id, variance) VALUES (?, ?, ?, ?)
