-- The id of a metric's key. ?1: key.
SELECT id FROM metric_keys WHERE key = ?1
