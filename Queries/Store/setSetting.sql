-- Gives a setting a value. ?1: the setting. ?2: the value.
INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value
