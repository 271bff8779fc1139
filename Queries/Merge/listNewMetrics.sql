-- The values of a run's metrics behind the latest that is here of each, with the keys that they have here. ?1: the run's
-- number in the attached store. ?2: its number here. ?3: the last step that is wanted.
SELECT merged_keys.id, incoming.step, incoming.timestamp, incoming.value, incoming.is_nan
FROM source.run_metric_keys AS keys
CROSS JOIN temp.merged_keys ON merged_keys.source_id = keys.key_id
LEFT JOIN main.run_metric_keys AS known ON known.run_id = ?2 AND known.key_id = merged_keys.id
CROSS JOIN source.metrics AS incoming
    ON incoming.run_id = keys.run_id AND incoming.key_id = keys.key_id
    AND (incoming.step, incoming.timestamp, incoming.value, incoming.is_nan) > (
        coalesce(known.step, -9223372036854775808), coalesce(known.timestamp, 0), coalesce(known.value, 0),
        coalesce(known.is_nan, 0)
    )
WHERE keys.run_id = ?1 AND incoming.step <= ?3
ORDER BY merged_keys.id
