-- Copies the tags of an experiment from the attached store. ?1: its id there. ?2: its id here.
INSERT INTO main.experiment_tags (experiment_id, key, value)
SELECT ?2, key, value FROM source.experiment_tags WHERE experiment_id = ?1
