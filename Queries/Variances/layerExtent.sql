-- How many steps of a layer of a run there are, but no more than ?5, the first and the last. ?1: the run's number. ?2: the
-- layer's key. ?3 and ?4: the first and the last step that count.
SELECT
    (
        SELECT count(*)
        FROM (
            SELECT 1
            FROM layer_variances
            WHERE run_id = ?1 AND step BETWEEN ?3 AND ?4 AND layer_id = ?2
            LIMIT ?5
        )
    ),
    (
        SELECT step
        FROM layer_variances
        WHERE run_id = ?1 AND step BETWEEN ?3 AND ?4 AND layer_id = ?2
        ORDER BY step
        LIMIT 1
    ),
    (
        SELECT step
        FROM layer_variances
        WHERE run_id = ?1 AND step BETWEEN ?3 AND ?4 AND layer_id = ?2
        ORDER BY step DESC
        LIMIT 1
    )
