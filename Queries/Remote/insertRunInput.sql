-- Notes a data set that a run was given to read, once. ?1: run. ?2: name. ?3: digest. ?4: JSON: the rest.
INSERT INTO run_inputs (run_id, name, digest, content) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING
