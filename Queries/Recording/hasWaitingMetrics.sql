-- Whether values of metrics wait to be put in place.
SELECT EXISTS (SELECT 1 FROM waiting_metrics)
