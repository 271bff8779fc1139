-- Removes the deleted experiments that have no runs any more.
DELETE FROM experiments
WHERE lifecycle = 'deleted' AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.experiment_id = experiments.id)
