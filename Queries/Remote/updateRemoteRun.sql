-- Changes status, end and name of a run, and takes it from its process. ?1: run. ?2: status, NULL to leave it. ?3: the end,
-- NULL to leave it. ?4: name, NULL to leave it. ?5: now.
UPDATE runs
SET
    status = coalesce(?2, status),
    ended = iif(?2 = 'running', ?3, coalesce(?3, ended)),
    name = coalesce(?4, name),
    heartbeat = iif(coalesce(?2, status) = 'running', ?5, heartbeat),
    updated = ?5,
    run_checksum = iif(coalesce(?2, status) = 'running', NULL, run_checksum),
    host = iif(?2 IS NULL, host, NULL),
    machine_id = iif(?2 IS NULL, machine_id, NULL),
    boot_id = iif(?2 IS NULL, boot_id, NULL),
    pid_namespace = iif(?2 IS NULL, pid_namespace, NULL),
    pid = iif(?2 IS NULL, pid, NULL),
    process_started = iif(?2 IS NULL, process_started, NULL)
WHERE id = ?1
