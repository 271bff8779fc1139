-- Gives what a run recorded at a layer to another one. ?1: run. ?2: key of the layer. ?3: key of the other.
UPDATE layer_variances SET layer_id = ?3 WHERE run_id = ?1 AND layer_id = ?2
