-- One row per relation lock that this session holds: the lock, and what it is held on as in watched.sql, empty where that
-- is gone or the system's own. At least one row comes, for to look takes a lock; each says how many bytes of write-ahead
-- log there are, and in which transaction it was asked.
SELECT l.relation,
       l.mode,
       (pg_current_wal_insert_lsn() - '0/0')::bigint,
       transaction_timestamp()::text,
       c.oid,
       n.nspname,
       c.relname,
       c.relkind::text,
       c.relfilenode,
       coalesce(i.indrelid, 0),
       pg_stat_get_numscans(c.oid) + pg_stat_get_xact_numscans(c.oid),
       pg_stat_get_tuples_returned(c.oid) + pg_stat_get_xact_tuples_returned(c.oid)
FROM pg_catalog.pg_locks AS l
LEFT JOIN (
  pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n
    ON n.oid = c.relnamespace AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
) ON c.oid = l.relation AND c.relkind IN ('r', 'i', 'p', 'm', 'v', 'S', 'f')
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted
