-- The constraints of tables and of domains. Left out: triggers' own, the valid NOT NULLs of PostgreSQL 18 (a column says
-- those), and the foreign keys that the server keeps on the same table for each partition that it points at.
SELECT k.conrelid AS relation,
       k.contypid AS domain,
       k.conname AS name,
       k.contype::text AS kind,
       ARRAY(
         SELECT a.attname::text
         FROM unnest(k.conkey) WITH ORDINALITY AS u (number, position)
         JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.number
         ORDER BY u.position
       ) AS columns,
       tn.nspname AS target_namespace,
       tc.relname AS target_local,
       ARRAY(
         SELECT a.attname::text
         FROM unnest(k.confkey) WITH ORDINALITY AS u (number, position)
         JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = u.number
         ORDER BY u.position
       ) AS target_columns,
       k.confdeltype::text AS on_delete,
       k.confupdtype::text AS on_update,
       k.confmatchtype = 'f' AS full,
       ARRAY(
         SELECT a.attname::text
         FROM unnest(k.confdelsetcols) WITH ORDINALITY AS u (number, position)
         JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.number
         ORDER BY u.position
       ) AS clears,
       k.convalidated AS validated,
       -- NOT ENFORCED is new in PostgreSQL 18.
       coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) AS enforced,
       k.condeferrable AS deferrable,
       k.condeferred AS deferred,
       NOT coalesce(i.indnullsnotdistinct, false) AS nulls_distinct,
       CASE k.contype
         WHEN 'c' THEN pg_get_expr(k.conbin, k.conrelid)
         WHEN 'x' THEN pg_get_constraintdef(k.oid)
       END AS text
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_namespace AS n ON n.oid = k.connamespace
LEFT JOIN pg_catalog.pg_class AS tc ON tc.oid = k.confrelid
LEFT JOIN pg_catalog.pg_namespace AS tn ON tn.oid = tc.relnamespace
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = k.conindid AND k.contype = 'u'
WHERE n.nspname = ANY (%(namespaces)s)
  AND (k.contype IN ('p', 'u', 'f', 'c', 'x') OR (k.contype = 'n' AND NOT k.convalidated))
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_constraint AS parent
    WHERE parent.oid = k.conparentid AND parent.conrelid = k.conrelid
  )
