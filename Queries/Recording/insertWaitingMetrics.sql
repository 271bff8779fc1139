-- Keeps values of metrics of a run until they are put in place. ?1: run. ?2: the values. ?3: their checksum.
INSERT INTO waiting_metrics (run_id, rows, checksum) VALUES (?1, ?2, ?3)
