-- Indexes that no constraint owns, with one array element per key.
SELECT x.indrelid AS relation,
       c.relname AS name,
       m.amname AS method,
       x.indisunique AS is_unique,
       x.indisvalid AS valid,
       NOT x.indnullsnotdistinct AS nulls_distinct,
       pg_get_expr(x.indpred, x.indrelid) AS predicate,
       k.columns,
       k.expressions,
       k.options,
       k.opclasses,
       k.collations,
       ARRAY(
         SELECT a.attname::text
         FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS u (number, position)
         JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = u.number
         WHERE u.position > x.indnkeyatts
         ORDER BY u.position
       ) AS include
FROM pg_catalog.pg_index AS x
JOIN pg_catalog.pg_class AS c ON c.oid = x.indexrelid
JOIN pg_catalog.pg_am AS m ON m.oid = c.relam
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
  SELECT array_agg(coalesce(a.attname::text, '') ORDER BY u.position) AS columns,
         array_agg(
           CASE WHEN u.number = 0 THEN pg_get_indexdef(x.indexrelid, u.position::int, false) END ORDER BY u.position
         ) AS expressions,
         array_agg(u.option::int ORDER BY u.position) AS options,
         array_agg(CASE WHEN o.opcdefault THEN '' ELSE o.opcname::text END ORDER BY u.position) AS opclasses,
         array_agg(coalesce(l.collname::text, '') ORDER BY u.position) AS collations
  FROM unnest(x.indkey::int2[], x.indclass::oid[], x.indcollation::oid[], x.indoption::int2[])
    WITH ORDINALITY AS u (number, opclass, sorted_by, option, position)
  JOIN pg_catalog.pg_opclass AS o ON o.oid = u.opclass
  LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = u.number AND u.number > 0
  -- Which collation an expression has by itself, only the server's own printing tells.
  LEFT JOIN pg_catalog.pg_collation AS l
    ON l.oid = u.sorted_by
    AND CASE
      WHEN u.number > 0 THEN u.sorted_by <> a.attcollation
      ELSE strpos(
        pg_get_indexdef(x.indexrelid), pg_get_indexdef(x.indexrelid, u.position::int, false) || ' COLLATE '
      ) > 0
    END
  WHERE u.position <= x.indnkeyatts
) AS k
WHERE n.nspname = ANY (%(namespaces)s)
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_constraint AS owner
    WHERE owner.conindid = x.indexrelid AND owner.contype IN ('p', 'u', 'x')
  )
