-- The first run number whose purge would be noted.
SELECT value FROM settings WHERE key = 'purges_known_from'
