-- Makes an experiment as it was elsewhere. ?1: name. ?2: lifecycle. ?3: created. ?4: updated. ?5: where its artifacts lie.
INSERT INTO experiments (name, lifecycle, created, updated, artifact_location) VALUES (?1, ?2, ?3, ?4, ?5)
