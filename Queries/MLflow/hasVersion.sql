-- Whether a file has the table in which MLflow notes the version of its schema.
SELECT EXISTS (SELECT 1 FROM mlflow.sqlite_schema WHERE type = 'table' AND name = 'alembic_version')
