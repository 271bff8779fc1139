-- How many runs used a dataset; reads every run, which only lists of datasets ask for. ?1: dataset.
SELECT count(*) FROM runs WHERE dataset_id = ?1
