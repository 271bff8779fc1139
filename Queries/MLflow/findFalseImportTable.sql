-- What has the name of a table of MLflow's that is read and is none: a view or a virtual table, which may run for ever.
SELECT name, iif(type = 'view', 'view', 'virtual table') FROM mlflow.sqlite_schema
WHERE lower(name) IN ('experiments', 'runs', 'params', 'metrics', 'tags', 'latest_metrics')
    AND (type = 'view' OR type = 'table' AND sql NOT LIKE 'CREATE TABLE %')
LIMIT 1
