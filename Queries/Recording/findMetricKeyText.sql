-- The name of a metric. ?1: the id of its key.
SELECT key FROM metric_keys WHERE id = ?1
