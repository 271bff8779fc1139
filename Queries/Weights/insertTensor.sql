-- Notes a tensor of a run. ?1: run. ?2: stage. ?3: position. ?4: name. ?5: shape. ?6: dtype. ?7: digest of its bytes.
INSERT INTO tensors (run_id, stage, position, name, shape, dtype, digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
