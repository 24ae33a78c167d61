-- How big each table is; a partitioned one as big as its partitions together. reltuples is -1 before the first ANALYZE.
SELECT n.nspname AS namespace,
       c.relname AS local,
       greatest(0, sum(m.reltuples))::bigint AS rows,
       coalesce(sum(pg_table_size(m.oid)), 0)::bigint AS bytes,
       coalesce(sum(pg_indexes_size(m.oid)), 0)::bigint AS index_bytes,
       round(
         (sum(s.n_tup_ins + s.n_tup_upd + s.n_tup_del)
           / nullif(extract(epoch FROM now() - (SELECT stats_reset FROM pg_catalog.pg_stat_database WHERE datname = current_database())), 0)
         )::numeric, 3
       )::float8 AS writes
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
  SELECT c.oid, c.reltuples WHERE c.relkind <> 'p'
  UNION ALL
  SELECT part.oid, part.reltuples
  FROM pg_partition_tree(c.oid) AS tree
  JOIN pg_catalog.pg_class AS part ON part.oid = tree.relid
  WHERE c.relkind = 'p' AND tree.isleaf AND part.relkind <> 'f'
) AS m
LEFT JOIN pg_catalog.pg_stat_all_tables AS s ON s.relid = m.oid
WHERE c.relkind IN ('r', 'p', 'm')
  AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
GROUP BY n.nspname, c.relname
ORDER BY n.nspname, c.relname
