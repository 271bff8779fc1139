-- The names of all metrics of an MLflow store.
SELECT DISTINCT key FROM mlflow.metrics
