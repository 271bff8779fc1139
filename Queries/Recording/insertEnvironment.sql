-- Stores an environment unless it is there. ?1: digest. ?2: content.
INSERT INTO environments (digest, content) VALUES (?1, ?2) ON CONFLICT (digest) DO NOTHING
