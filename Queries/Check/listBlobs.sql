-- All blobs.
SELECT digest, bytes FROM blobs
