-- Ends a run, also one that readers took for dead. ?1: run. ?2: status. ?3: when it ended. ?4: steps. ?5 to ?7:
-- digests of the initial weights, the batch order and the final weights. ?8: now.
UPDATE runs
SET status = ?2, ended = ?3, heartbeat = ?8, updated = ?8, steps = ?4, initial_weights_digest = ?5,
    batch_order_digest = ?6, final_weights_digest = ?7
WHERE id = ?1
