-- Whether any tensor has the bytes of a digest; reads all tensors. ?1: digest.
SELECT 1 FROM tensors WHERE digest = ?1 LIMIT 1
