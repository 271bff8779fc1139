-- Records a metric's value; an exact repeat is dropped. ?1: run. ?2: key. ?3: step. ?4: timestamp. ?5: value. ?6: whether
-- it is NaN.
INSERT INTO metrics (run_id, key_id, step, timestamp, value, is_nan) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING
