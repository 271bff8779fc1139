-- Stores a dataset's row. ?1: name. ?2: digest. ?3: source. ?4: features. ?5: classes. ?6: created.
INSERT INTO datasets (name, digest, source, features, classes, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
