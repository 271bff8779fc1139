-- What has the name of a table of the store and is none: a view or a virtual table, which may run for ever.
SELECT name, iif(type = 'view', 'view', 'virtual table') FROM sqlite_schema
WHERE lower(name) IN (
    'schema_migrations', 'experiments', 'datasets', 'dataset_splits', 'environments', 'runs', 'params', 'tags', 'layers',
    'layer_variances', 'metric_keys', 'metrics', 'blobs', 'tensors', 'run_layers', 'run_metric_keys', 'experiment_tags',
    'tag_removals', 'edits', 'purges', 'settings', 'artifacts', 'run_inputs', 'logged_models', 'waiting_metrics'
) AND (type = 'view' OR type = 'table' AND sql NOT LIKE 'CREATE TABLE %')
LIMIT 1
