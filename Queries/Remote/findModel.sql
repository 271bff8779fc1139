-- A model, and the uuid of the run that logged it. ?1: its id.
SELECT
    logged_models.id, logged_models.run_id, runs.uuid, logged_models.experiment_id, logged_models.created,
    logged_models.updated, logged_models.content
FROM logged_models
LEFT JOIN runs ON runs.id = logged_models.run_id
WHERE logged_models.id = ?1
