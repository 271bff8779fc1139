-- A run as programs over the network know it. ?1: its uuid.
SELECT id, uuid, experiment_id, name, status, lifecycle, started, ended FROM runs WHERE uuid = ?1
