-- How many values of metrics two copies of a run have, and how many of them are equal. ?1: the run's number in the attached
-- store. ?2: its number here.
SELECT
    (SELECT count(*) FROM source.metrics WHERE run_id = ?1),
    (SELECT count(*) FROM main.metrics WHERE run_id = ?2),
    (
        SELECT count(*)
        FROM source.metrics AS incoming
        CROSS JOIN temp.merged_keys ON merged_keys.source_id = incoming.key_id
        CROSS JOIN main.metrics AS known
            ON known.run_id = ?2 AND known.key_id = merged_keys.id AND known.step = incoming.step
            AND known.timestamp = incoming.timestamp AND known.value = incoming.value
            AND known.is_nan = incoming.is_nan
        WHERE incoming.run_id = ?1
    )
