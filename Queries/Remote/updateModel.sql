-- Changes what is said of a model. ?1: its id. ?2: now. ?3: JSON.
UPDATE logged_models SET updated = ?2, content = ?3 WHERE id = ?1
