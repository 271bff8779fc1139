-- One half of a dataset. ?1: dataset. ?2: split.
SELECT examples, inputs, labels FROM dataset_splits WHERE dataset_id = ?1 AND split = ?2
