-- The architectures of the finished runs, in the order they first appeared in.
SELECT architecture
FROM runs
WHERE lifecycle = 'active' AND status = 'finished' AND architecture IS NOT NULL
GROUP BY architecture
ORDER BY min(id)
