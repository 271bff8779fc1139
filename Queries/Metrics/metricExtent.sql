-- How many values of one metric of a run there are, but no more than ?5, and their first and last step. ?1: the run's number.
-- ?2: the metric's key. ?3 and ?4: the first and the last step that count.
WITH wanted(key) AS (SELECT id FROM metric_keys WHERE key = ?2)
SELECT
    (
        SELECT count(*)
        FROM (
            SELECT 1
            FROM metrics
            WHERE run_id = ?1 AND key_id = (SELECT key FROM wanted) AND step BETWEEN ?3 AND ?4
            LIMIT ?5
        )
    ),
    (
        SELECT step
        FROM metrics
        WHERE run_id = ?1 AND key_id = (SELECT key FROM wanted) AND step BETWEEN ?3 AND ?4
        ORDER BY step
        LIMIT 1
    ),
    (
        SELECT step
        FROM metrics
        WHERE run_id = ?1 AND key_id = (SELECT key FROM wanted) AND step BETWEEN ?3 AND ?4
        ORDER BY step DESC
        LIMIT 1
    )
