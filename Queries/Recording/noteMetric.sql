-- Notes the latest, the least and the greatest of some values of a metric beside those that were there. ?1: run. ?2: key.
-- ?3 to ?6: step, timestamp, value of the latest, and whether it is NaN. ?7 and ?8: the least value and its first step, NULL
-- where all are NaN. ?9 and ?10: the greatest, likewise.
INSERT INTO run_metric_keys AS known (
    run_id, key_id, step, timestamp, value, is_nan, least, least_step, greatest, greatest_step
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT (run_id, key_id) DO UPDATE
SET
    step = iif((?3, ?4, ?5, ?6) > (known.step, known.timestamp, known.value, known.is_nan), ?3, known.step),
    timestamp = iif((?3, ?4, ?5, ?6) > (known.step, known.timestamp, known.value, known.is_nan), ?4, known.timestamp),
    value = iif((?3, ?4, ?5, ?6) > (known.step, known.timestamp, known.value, known.is_nan), ?5, known.value),
    is_nan = iif((?3, ?4, ?5, ?6) > (known.step, known.timestamp, known.value, known.is_nan), ?6, known.is_nan),
    least = min(coalesce(?7, known.least), coalesce(known.least, ?7)),
    least_step = CASE
        WHEN known.least IS NULL OR ?7 < known.least THEN ?8
        WHEN ?7 = known.least THEN min(?8, known.least_step)
        ELSE known.least_step
    END,
    greatest = max(coalesce(?9, known.greatest), coalesce(known.greatest, ?9)),
    greatest_step = CASE
        WHEN known.greatest IS NULL OR ?9 > known.greatest THEN ?10
        WHEN ?9 = known.greatest THEN min(?10, known.greatest_step)
        ELSE known.greatest_step
    END
