-- Copies both halves of a dataset from the attached store. ?1: its key there. ?2: its key here.
INSERT INTO main.dataset_splits (dataset_id, split, examples, inputs, labels)
SELECT ?2, split, examples, inputs, labels FROM source.dataset_splits WHERE dataset_id = ?1
