-- Puts an artifact into a run, in the place of an earlier one. ?1: run. ?2: path. ?3: digest. ?4: size. ?5: mime. ?6: place.
-- ?7: now.
INSERT INTO artifacts (run_id, path, digest, size, mime, place, updated) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (run_id, path) DO UPDATE
SET digest = excluded.digest, size = excluded.size, mime = excluded.mime, place = excluded.place,
    updated = excluded.updated
