-- One row per relation that a statement may touch: what it is stored in, and how often and how far it has been read
-- sequentially. Counters are the sum of what is flushed and what is pending, which no flush in between changes.
SELECT c.oid,
       n.nspname,
       c.relname,
       c.relkind::text,
       c.relfilenode,
       coalesce(i.indrelid, 0),
       pg_stat_get_numscans(c.oid) + pg_stat_get_xact_numscans(c.oid),
       pg_stat_get_tuples_returned(c.oid) + pg_stat_get_xact_tuples_returned(c.oid)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
WHERE c.relkind IN ('r', 'i', 'p', 'm', 'v', 'S', 'f')
  AND n.nspname <> 'information_schema'
  AND NOT starts_with(n.nspname, 'pg_')
