-- The layers of the attached store.
SELECT id, name, short_name, position, measure, after_norm FROM source.layers
