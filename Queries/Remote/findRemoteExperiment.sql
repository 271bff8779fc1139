-- An experiment as programs over the network know it. ?1: its id.
SELECT id, name, lifecycle, created, updated, artifact_location FROM experiments WHERE id = ?1
