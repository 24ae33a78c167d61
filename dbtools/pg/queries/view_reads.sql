-- What each view's query depends on: relations, and their columns (empty where it needs the relation as a whole).
SELECT DISTINCT r.ev_class AS relation, n.nspname AS namespace, c.relname AS local, coalesce(a.attname::text, '') AS column
FROM pg_catalog.pg_rewrite AS r
JOIN pg_catalog.pg_depend AS d
  ON d.classid = 'pg_catalog.pg_rewrite'::regclass
  AND d.objid = r.oid
  AND d.refclassid = 'pg_catalog.pg_class'::regclass
  AND d.refobjid <> r.ev_class
JOIN pg_catalog.pg_class AS c ON c.oid = d.refobjid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS v ON v.oid = r.ev_class
JOIN pg_catalog.pg_namespace AS vn ON vn.oid = v.relnamespace
LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid AND d.refobjsubid > 0
WHERE vn.nspname = ANY (%(namespaces)s)
  AND v.relkind IN ('v', 'm')
ORDER BY 1, 2, 3, 4
