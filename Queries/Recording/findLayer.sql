-- The layer of some properties. ?1: name. ?2: short name. ?3: position. ?4: measure. ?5: after norm.
SELECT id FROM layers WHERE name = ?1 AND short_name = ?2 AND position = ?3 AND measure = ?4 AND after_norm = ?5
