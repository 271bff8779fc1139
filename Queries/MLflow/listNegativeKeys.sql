-- The names of metrics of an MLflow store that have a negative value, which no variance has.
SELECT DISTINCT key FROM mlflow.metrics WHERE value < 0 AND NOT is_nan
