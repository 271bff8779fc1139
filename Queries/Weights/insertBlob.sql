-- Stores bytes unless they are there. ?1: digest. ?2: bytes.
INSERT INTO blobs (digest, bytes) VALUES (?1, ?2) ON CONFLICT (digest) DO NOTHING
