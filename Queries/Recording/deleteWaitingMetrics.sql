-- Removes values of metrics that were put in place. ?1: the id of their row.
DELETE FROM waiting_metrics WHERE id = ?1
