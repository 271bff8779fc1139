-- The names of params, tags, metrics, layers, architectures or experiments that there are, sorted byte by byte.
-- ?1: which of them. ?2: what they begin with. ?3: the first text after all that begin so, NULL where there is none.
-- ?4: at most this many, -1 for all. ?5: of params and tags those of so many latest runs, NULL for all.
SELECT name
FROM (
    SELECT DISTINCT key AS name FROM params
    WHERE ?1 = 'param' AND run_id > coalesce((SELECT max(id) FROM runs) - ?5, 0)
    UNION ALL
    SELECT DISTINCT key FROM tags
    WHERE ?1 = 'tag' AND key NOT LIKE 'varve.%' AND run_id > coalesce((SELECT max(id) FROM runs) - ?5, 0)
    UNION ALL
    SELECT key FROM metric_keys WHERE ?1 = 'metric'
    UNION ALL
    SELECT DISTINCT name FROM layers WHERE ?1 = 'layer'
    UNION ALL
    SELECT DISTINCT architecture FROM runs WHERE ?1 = 'architecture' AND architecture IS NOT NULL
    UNION ALL
    SELECT name FROM experiments WHERE ?1 = 'experiment'
)
WHERE name >= ?2 AND (?3 IS NULL OR name < ?3)
ORDER BY name
LIMIT ?4
