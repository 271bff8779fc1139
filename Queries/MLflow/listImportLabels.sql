-- The keys of all params and tags of an MLflow store, each with its kind.
SELECT DISTINCT 'param', key FROM mlflow.params
UNION ALL
SELECT DISTINCT 'tag', key FROM mlflow.tags
