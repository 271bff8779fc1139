-- Removes the bytes of a digest. ?1: digest.
DELETE FROM blobs WHERE digest = ?1
