-- The environment of a digest. ?1: digest.
SELECT id FROM environments WHERE digest = ?1
