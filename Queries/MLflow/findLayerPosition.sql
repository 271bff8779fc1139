-- Where a layer of a name and measure comes. ?1: name. ?2: measure.
SELECT position FROM layers WHERE name = ?1 AND short_name = ?1 AND measure = ?2 AND NOT after_norm ORDER BY id LIMIT 1
