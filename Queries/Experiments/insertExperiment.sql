-- Makes an experiment. ?1: name. ?2: when.
INSERT INTO experiments (name, created, updated) VALUES (?1, ?2, ?2)
