-- The namespaces that are a project's own: neither the system's nor an extension's.
SELECT n.nspname
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname <> 'information_schema'
  AND NOT starts_with(n.nspname, 'pg_')
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend AS d
    WHERE d.classid = 'pg_catalog.pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e'
  )
