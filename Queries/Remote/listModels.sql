-- The models of experiments, the latest first; the columns of findModel. ?1: the ids of the experiments, a JSON list.
SELECT
    logged_models.id, logged_models.run_id, runs.uuid, logged_models.experiment_id, logged_models.created,
    logged_models.updated, logged_models.content
FROM logged_models
LEFT JOIN runs ON runs.id = logged_models.run_id
WHERE logged_models.experiment_id IN (SELECT value FROM json_each(?1))
ORDER BY logged_models.created DESC, logged_models.id
