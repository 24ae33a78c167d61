-- Sequences but for an identity column's, a serial's (the one its column owns and takes its default from) and an
-- extension's.
SELECT n.nspname AS namespace, c.relname AS local
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = ANY (%(namespaces)s)
  AND c.relkind = 'S'
  AND NOT EXISTS (
    SELECT
    FROM pg_catalog.pg_depend AS owned
    LEFT JOIN pg_catalog.pg_attrdef AS f ON f.adrelid = owned.refobjid AND f.adnum = owned.refobjsubid
    LEFT JOIN pg_catalog.pg_depend AS used
      ON used.classid = 'pg_catalog.pg_attrdef'::regclass
      AND used.objid = f.oid
      AND used.refclassid = owned.classid
      AND used.refobjid = owned.objid
    WHERE owned.classid = 'pg_catalog.pg_class'::regclass
      AND owned.objid = c.oid
      AND (owned.deptype IN ('i', 'e') OR (owned.deptype = 'a' AND used.objid IS NOT NULL))
  )
