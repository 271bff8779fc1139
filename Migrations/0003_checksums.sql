-- Checksums by which `varve check` finds damage to what was recorded, and a word to older versions of Varve.

-- 64 bits over a run's rows in layer_variances and metrics: the exclusive or of a checksum of each row, over what stands
-- behind the ids of layer and key. They are written in the transaction that brings the rows, so they hold while a run goes
-- on, and whatever ends it. NULL: recorded before there were checksums.
ALTER TABLE runs ADD COLUMN variances_checksum INTEGER;
ALTER TABLE runs ADD COLUMN metrics_checksum INTEGER;

-- 64 bits over the row of a run that has ended, but for what may be changed later (experiment_id, lifecycle) and last_step,
-- which its rows tell, and over its params and tensors.
ALTER TABLE runs ADD COLUMN run_checksum INTEGER;

-- 64 bits over the row of a dataset; its splits have the digest.
ALTER TABLE datasets ADD COLUMN checksum INTEGER;

-- The oldest schema whose Varve may still read a store that has had this migration; NULL: none but those that know it.
-- A migration sets it in its own row.
ALTER TABLE schema_migrations ADD COLUMN readable_since INTEGER;
