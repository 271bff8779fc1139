-- Notes the last step at which a run recorded a layer. ?1: run. ?2: layer. ?3: step.
INSERT INTO run_layers (run_id, layer_id, last_step) VALUES (?1, ?2, ?3)
ON CONFLICT (run_id, layer_id) DO UPDATE SET last_step = max(last_step, excluded.last_step)
