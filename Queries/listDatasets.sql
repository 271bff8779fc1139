-- All datasets, oldest first, with the sizes of their splits and the number of runs that used them.
SELECT
    datasets.id, datasets.name, datasets.digest, datasets.source, datasets.features, datasets.classes, datasets.created,
    training.examples, validation.examples, coalesce(used.runs, 0)
FROM datasets
CROSS JOIN dataset_splits AS training ON training.dataset_id = datasets.id AND training.split = 'train'
CROSS JOIN dataset_splits AS validation ON validation.dataset_id = datasets.id AND validation.split = 'validation'
LEFT JOIN (SELECT dataset_id, count(*) AS runs FROM runs GROUP BY dataset_id) AS used ON used.dataset_id = datasets.id
ORDER BY datasets.id
