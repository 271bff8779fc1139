-- The places at which variances were measured, by position.
SELECT id, name, short_name, position, measure, after_norm FROM layers ORDER BY position, id
