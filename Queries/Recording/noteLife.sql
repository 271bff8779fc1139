-- Notes that the process of a run lives. A run that goes on has no checksum of its end. ?1: run. ?2: now.
UPDATE runs SET heartbeat = ?2, run_checksum = NULL WHERE id = ?1
