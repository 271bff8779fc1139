-- A place at which variances were measured. ?1: its key.
SELECT name, short_name, position, measure, after_norm FROM layers WHERE id = ?1
