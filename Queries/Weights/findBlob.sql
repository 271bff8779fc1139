-- The bytes of a digest. ?1: digest.
SELECT bytes FROM blobs WHERE digest = ?1
