-- All environments.
SELECT id, content, digest FROM environments
