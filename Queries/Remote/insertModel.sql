-- Notes a model. ?1: its id. ?2: the run that logs it, NULL for none. ?3: experiment. ?4: now. ?5: JSON: the rest.
INSERT INTO logged_models (id, run_id, experiment_id, created, updated, content) VALUES (?1, ?2, ?3, ?4, ?4, ?5)
