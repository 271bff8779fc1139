-- Stores a metric's key unless it is there. ?1: key.
INSERT INTO metric_keys (key) VALUES (?1) ON CONFLICT (key) DO NOTHING
