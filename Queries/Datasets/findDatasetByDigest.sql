-- The dataset of some content, with the columns of listDatasets. ?1: digest.
SELECT
    datasets.id, datasets.name, datasets.digest, datasets.source, datasets.features, datasets.classes, datasets.created,
    coalesce(training.examples, 0), coalesce(validation.examples, 0)
FROM datasets
LEFT JOIN dataset_splits AS training ON training.dataset_id = datasets.id AND training.split = 'train'
LEFT JOIN dataset_splits AS validation ON validation.dataset_id = datasets.id AND validation.split = 'validation'
WHERE datasets.digest = ?1
