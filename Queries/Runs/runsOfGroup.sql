-- The finished runs of one side of a comparison, newest first, with what decides which of them are replicates. ?1: the
-- keys of params that do not count, as a JSON array. A run logged by another program has no configuration:
-- architecture and params stand for it, text that is a number as that number. So it is of a run that has a param which
-- does not count. A filter takes the place of the mark.
SELECT
    runs.id, runs.architecture, runs.seed, runs.last_step, runs.dataset_id,
    coalesce(
        CASE WHEN NOT EXISTS (
            SELECT 1 FROM params WHERE params.run_id = runs.id AND params.key IN (SELECT value FROM json_each(?1))
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
                    AND params.key NOT IN (SELECT value FROM json_each(?1))
            )
        ), '')
    ),
    runs.initial_weights_digest, runs.batch_order_digest, runs.numerics
FROM runs
WHERE runs.lifecycle = 'active' AND runs.status = 'finished' /* AND filter */
ORDER BY runs.id DESC
