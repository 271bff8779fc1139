-- Stores a layer unless it is there. ?1: name. ?2: short name. ?3: position. ?4: measure. ?5: after norm.
INSERT INTO layers (name, short_name, position, measure, after_norm) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING
