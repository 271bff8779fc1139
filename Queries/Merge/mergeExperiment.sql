-- Makes an experiment as it was elsewhere. ?1: name. ?2: lifecycle. ?3: created. ?4: updated.
INSERT INTO experiments (name, lifecycle, created, updated) VALUES (?1, ?2, ?3, ?4)
