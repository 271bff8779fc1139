-- Whether there is a param, a tag, a metric, a layer, an architecture or an experiment of a name. ?1: which of them.
-- ?2: the key, or the layer's long or short name.
SELECT CASE ?1
    WHEN 'param' THEN EXISTS (SELECT 1 FROM params WHERE key = ?2)
    WHEN 'tag' THEN EXISTS (SELECT 1 FROM tags WHERE key = ?2)
    WHEN 'metric' THEN EXISTS (SELECT 1 FROM metric_keys WHERE key = ?2)
    WHEN 'layer' THEN EXISTS (SELECT 1 FROM layers WHERE short_name = ?2 OR name = ?2)
    WHEN 'architecture' THEN EXISTS (SELECT 1 FROM runs WHERE architecture = ?2)
    WHEN 'experiment' THEN EXISTS (SELECT 1 FROM experiments WHERE name = ?2)
END
