-- The finished runs of one side of a comparison, newest first, with what decides which of them are replicates. A run
-- logged by another program has no configuration: architecture and params stand for it. A filter takes the place of the
-- mark.
SELECT
    runs.id, runs.architecture, runs.seed, runs.last_step, runs.dataset_id,
    coalesce(
        runs.configuration_digest,
        quote(runs.architecture) || coalesce((
            SELECT group_concat(quote(params.key) || '=' || quote(params.value))
            FROM params
            WHERE params.run_id = runs.id AND params.key <> 'seed'
        ), '')
    ),
    runs.initial_weights_digest, runs.batch_order_digest, runs.numerics
FROM runs
WHERE runs.lifecycle = 'active' AND runs.status = 'finished' /* AND filter */
ORDER BY runs.id DESC
