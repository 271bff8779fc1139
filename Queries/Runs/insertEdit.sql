-- Keeps what was changed of a run. ?1: run. ?2: when. ?3: what. ?4 and ?5: its value before and after.
INSERT INTO edits (run_id, at, field, old, new) VALUES (?1, ?2, ?3, ?4, ?5)
