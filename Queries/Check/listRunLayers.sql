-- The layers of a run, each with the last step that is noted of it. ?1: the run's number.
SELECT layer_id, last_step FROM run_layers WHERE run_id = ?1
