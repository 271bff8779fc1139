-- Sets the last step of runs, and the steps done by the greatest step, as steps count from 0; after the
-- last number there is none.
UPDATE runs
SET
    last_step = coalesce(
        (SELECT max(step) FROM layer_variances WHERE run_id = runs.id),
        (SELECT max(step) FROM metrics WHERE run_id = runs.id)
    ),
    steps = 1 + min(
        9223372036854775806,
        max(
            -1,
            coalesce((SELECT max(step) FROM layer_variances WHERE run_id = runs.id), -1),
            coalesce((SELECT max(step) FROM metrics WHERE run_id = runs.id), -1)
        )
    )
