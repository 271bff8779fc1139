-- The runs of a configuration, seed and dataset that are recorded as running, the oldest first. ?1: the configuration's digest.
-- ?2: seed. ?3: dataset.
SELECT id
FROM runs
WHERE configuration_digest = ?1 AND seed IS ?2 AND dataset_id IS ?3 AND status = 'running'
ORDER BY id
