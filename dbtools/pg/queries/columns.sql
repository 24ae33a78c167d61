-- The columns of tables and views in their order. A default counts as a serial's when it is nextval() of the very
-- sequence that the column owns.
SELECT a.attrelid AS relation,
       a.attname AS name,
       format_type(a.atttypid, a.atttypmod) AS type,
       a.attnotnull AS not_null,
       a.attidentity::text AS identity,
       a.attgenerated::text AS generated,
       pg_get_expr(f.adbin, f.adrelid) AS expression,
       o.collname AS collation,
       d.description AS comment,
       f.oid IS NOT NULL AND EXISTS (
         SELECT
         FROM pg_catalog.pg_depend AS owned
         JOIN pg_catalog.pg_depend AS used
           ON used.refclassid = owned.classid AND used.refobjid = owned.objid
         WHERE owned.classid = 'pg_catalog.pg_class'::regclass
           AND owned.refclassid = 'pg_catalog.pg_class'::regclass
           AND owned.refobjid = a.attrelid
           AND owned.refobjsubid = a.attnum
           AND owned.deptype = 'a'
           AND used.classid = 'pg_catalog.pg_attrdef'::regclass
           AND used.objid = f.oid
       ) AND pg_get_expr(f.adbin, f.adrelid) ~ '^nextval\(''[^'']+''::regclass\)$' AS is_serial
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef AS f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation AS o ON o.oid = a.attcollation AND a.attcollation <> t.typcollation
LEFT JOIN pg_catalog.pg_description AS d
  ON d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = a.attrelid AND d.objsubid = a.attnum
WHERE n.nspname = ANY (%(namespaces)s)
  AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
  AND a.attnum > 0
  AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
