-- How many variances two copies of a run have, and how many of them are equal. ?1: the run's number in the attached
-- store. ?2: its number here.
SELECT
    (SELECT count(*) FROM source.layer_variances WHERE run_id = ?1),
    (SELECT count(*) FROM main.layer_variances WHERE run_id = ?2),
    (
        SELECT count(*)
        FROM source.layer_variances AS incoming
        CROSS JOIN temp.merged_layers ON merged_layers.source_id = incoming.layer_id
        CROSS JOIN main.layer_variances AS known
            ON known.run_id = ?2 AND known.step = incoming.step AND known.layer_id = merged_layers.id
        WHERE incoming.run_id = ?1 AND known.variance IS incoming.variance
    )
