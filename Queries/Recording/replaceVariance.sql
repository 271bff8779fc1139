-- Puts a variance in the place of an earlier one. ?1: run. ?2: step. ?3: layer. ?4: variance.
UPDATE layer_variances SET variance = ?4 WHERE run_id = ?1 AND step = ?2 AND layer_id = ?3
