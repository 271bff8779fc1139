-- Notes a param of a run. ?1: run. ?2: key. ?3: value, of whatever type it was given.
INSERT INTO params (run_id, key, value) VALUES (?1, ?2, ?3)
