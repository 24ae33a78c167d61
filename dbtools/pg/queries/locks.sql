-- The relation locks that this session holds, also those on relations that it has dropped meanwhile, and how many bytes of
-- write-ahead log there are. At least one row comes, for to look takes a lock.
SELECT relation, mode, (pg_current_wal_insert_lsn() - '0/0')::bigint
FROM pg_catalog.pg_locks
WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted
