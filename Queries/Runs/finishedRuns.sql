-- The finished runs that are compared or followed, newest first, with what decides which of them are put together. ?1 and ?2:
-- what they are to be grouped by, NULL for nothing, and the key of the param or tag. ?3: the keys of params that count for
-- nothing, as a JSON array. A run's configuration is its digest; architecture and params, text that is a number as that
-- number, take its place in a run that has a param which counts for nothing, and of a run logged by another program, whose
-- experiment may count too and comes apart from them. A filter takes the place of the mark.
SELECT
    runs.id,
    CASE ?1
        WHEN 'architecture' THEN runs.architecture
        WHEN 'experiment' THEN (SELECT name FROM experiments WHERE id = runs.experiment_id)
        WHEN 'param' THEN (SELECT value FROM params WHERE run_id = runs.id AND key = ?2)
        WHEN 'tag' THEN (SELECT value FROM tags WHERE run_id = runs.id AND key = ?2)
        WHEN 'day' THEN date(runs.started / 1000, 'unixepoch')
        WHEN 'commit' THEN
            (
                SELECT iif(json_valid(content), json_extract(content, '$.git_commit'), NULL)
                FROM environments
                WHERE id = runs.environment_id
            )
    END,
    runs.architecture, runs.seed, runs.last_step, runs.dataset_id,
    coalesce(
        CASE WHEN runs.configuration IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM params WHERE params.run_id = runs.id AND params.key IN (SELECT value FROM json_each(?3))
        ) THEN runs.configuration_digest END,
        quote(runs.architecture) || coalesce((
            SELECT
                group_concat(
                    quote(key) || '=' || quote(
                        coalesce(iif(number = CAST(number AS INTEGER), CAST(number AS INTEGER), number), value)
                    )
                )
            FROM (
                SELECT params.key, params.value, as_number(params.value) AS number
                FROM params
                WHERE params.run_id = runs.id AND params.key <> 'seed'
                    AND params.key NOT IN (SELECT value FROM json_each(?3))
            )
        ), '')
    ),
    iif(runs.configuration IS NULL, '/' || runs.experiment_id, ''),
    runs.initial_weights_digest, runs.batch_order_digest, runs.numerics
FROM runs
WHERE runs.lifecycle = 'active' AND runs.status = 'finished' /* AND filter */
ORDER BY runs.id DESC
