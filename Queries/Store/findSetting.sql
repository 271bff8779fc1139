-- A setting of the store. ?1: its key.
SELECT value FROM settings WHERE key = ?1
