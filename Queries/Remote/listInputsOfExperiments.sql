-- The data sets that runs of experiments were given to read, each once, and what for. ?1: the ids of the experiments, a JSON
-- list. ?2: at most so many.
SELECT DISTINCT
    runs.experiment_id, run_inputs.name, run_inputs.digest,
    coalesce(
        (
            SELECT json_extract(tag.value, '$.value')
            FROM json_each(run_inputs.content, '$.tags') AS tag
            WHERE json_extract(tag.value, '$.key') = 'mlflow.data.context'
            LIMIT 1
        ),
        ''
    )
FROM runs
CROSS JOIN run_inputs
WHERE runs.experiment_id IN (SELECT value FROM json_each(?1)) AND run_inputs.run_id = runs.id
LIMIT ?2
