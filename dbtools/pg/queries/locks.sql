-- The relation locks that this session holds, also those on relations that it has dropped meanwhile.
SELECT relation, mode
FROM pg_catalog.pg_locks
WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted
