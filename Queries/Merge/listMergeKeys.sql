-- The keys of metrics of the attached store.
SELECT id, key FROM source.metric_keys
