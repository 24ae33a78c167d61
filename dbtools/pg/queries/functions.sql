-- Functions and procedures that no extension owns; aggregates and window functions are opaque.
SELECT n.nspname AS namespace,
       p.proname AS local,
       ARRAY(
         SELECT format_type(u.type, NULL) FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS u (type, position)
         ORDER BY u.position
       ) AS arguments,
       CASE WHEN p.prokind <> 'p' THEN format_type(p.prorettype, NULL) END AS returns,
       l.lanname AS language,
       p.provolatile::text AS volatility,
       coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) AS body
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
WHERE n.nspname = ANY (%(namespaces)s)
  AND p.prokind IN ('f', 'p')
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend AS e
    WHERE e.classid = 'pg_catalog.pg_proc'::regclass AND e.objid = p.oid AND e.deptype IN ('e', 'i')
  )
