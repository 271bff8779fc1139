-- The variances of a run behind a step, up to another one, with the keys that their layers have here. ?1: the run's number in the attached
-- store. ?2: the step. ?3: the last step that is wanted.
SELECT incoming.step, merged_layers.id, incoming.variance
FROM source.layer_variances AS incoming
CROSS JOIN temp.merged_layers ON merged_layers.source_id = incoming.layer_id
WHERE incoming.run_id = ?1 AND incoming.step > ?2 AND incoming.step <= ?3
