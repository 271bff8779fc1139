-- An experiment as programs over the network know it. ?1: its name.
SELECT id, name, lifecycle, created, updated, artifact_location FROM experiments WHERE name = ?1
