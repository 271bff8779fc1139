-- The last variances of each architecture
SELECT v.architecture, v.layer, avg(v.variance) AS mean, count(*) AS runs
FROM run_list AS r
JOIN variances AS v ON v.run = r.run AND v.step = r.last_step
GROUP BY v.architecture, v.layer, v.position
ORDER BY v.architecture, v.position;

-- The runs with the least loss
SELECT run, architecture, seed, min(value) AS loss
FROM run_metrics
WHERE key = 'loss'
GROUP BY run
ORDER BY loss
LIMIT 20;

-- What the newest runs were given
SELECT run, key, value
FROM run_params
ORDER BY run DESC, key
LIMIT 100;
