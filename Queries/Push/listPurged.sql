-- The runs that were purged, by uuid, each with the last number that it had and the last time.
SELECT uuid, max(run), max(purged) FROM purges GROUP BY uuid
