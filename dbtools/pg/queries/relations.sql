-- Tables and views that no extension owns.
SELECT c.oid,
       n.nspname AS namespace,
       c.relname AS local,
       c.relkind::text AS kind,
       c.relpersistence::text AS persistence,
       c.relrowsecurity AS row_security,
       d.description AS comment,
       p.partstrat::text AS strategy,
       ARRAY(
         SELECT coalesce(a.attname::text, pg_get_expr(p.partexprs, c.oid))
         FROM unnest(p.partattrs::int2[]) WITH ORDINALITY AS k (number, position)
         LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.number
         ORDER BY k.position
       ) AS partition_columns,
       pg_get_expr(c.relpartbound, c.oid) AS bound,
       ARRAY(
         SELECT ARRAY[pn.nspname::text, pc.relname::text]
         FROM pg_catalog.pg_inherits AS h
         JOIN pg_catalog.pg_class AS pc ON pc.oid = h.inhparent
         JOIN pg_catalog.pg_namespace AS pn ON pn.oid = pc.relnamespace
         WHERE h.inhrelid = c.oid
         ORDER BY h.inhseqno
       ) AS parents,
       CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS query
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid = c.oid
LEFT JOIN pg_catalog.pg_description AS d
  ON d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE n.nspname = ANY (%(namespaces)s)
  AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend AS e
    WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'
  )
