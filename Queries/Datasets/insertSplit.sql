-- Stores one half of a dataset. ?1: dataset. ?2: split. ?3: examples. ?4: inputs. ?5: labels.
INSERT INTO dataset_splits (dataset_id, split, examples, inputs, labels) VALUES (?1, ?2, ?3, ?4, ?5)
