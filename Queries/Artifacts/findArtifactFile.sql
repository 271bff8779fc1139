-- Whether any artifact is kept in the file of a digest; reads all artifacts. ?1: digest.
SELECT 1 FROM artifacts WHERE digest = ?1 AND place = 'file' LIMIT 1
