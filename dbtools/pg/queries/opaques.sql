-- What is kept by its text: triggers, policies, rules, statistics, composite and range types, aggregates.
SELECT 'trigger' AS kind, n.nspname AS namespace, t.tgname AS local, n.nspname AS table_namespace, c.relname AS table_local,
       pg_get_triggerdef(t.oid) AS text
FROM pg_catalog.pg_trigger AS t
JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = ANY (%(namespaces)s) AND NOT t.tgisinternal
UNION ALL
SELECT 'policy', n.nspname, p.polname, n.nspname, c.relname,
       concat_ws(
         ' ',
         CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
         'FOR ' || CASE p.polcmd
           WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL'
         END,
         'TO ' || (
           SELECT string_agg(CASE WHEN role = 0 THEN 'PUBLIC' ELSE role::regrole::text END, ', ' ORDER BY role::regrole::text)
           FROM unnest(p.polroles) AS role
         ),
         'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
         'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'
       )
FROM pg_catalog.pg_policy AS p
JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = ANY (%(namespaces)s)
UNION ALL
SELECT 'rule', n.nspname, r.rulename, n.nspname, c.relname, pg_get_ruledef(r.oid)
FROM pg_catalog.pg_rewrite AS r
JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = ANY (%(namespaces)s) AND r.rulename <> '_RETURN'
UNION ALL
SELECT 'statistics', sn.nspname, s.stxname, n.nspname, c.relname, pg_get_statisticsobjdef(s.oid)
FROM pg_catalog.pg_statistic_ext AS s
JOIN pg_catalog.pg_namespace AS sn ON sn.oid = s.stxnamespace
JOIN pg_catalog.pg_class AS c ON c.oid = s.stxrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE sn.nspname = ANY (%(namespaces)s)
UNION ALL
SELECT 'type', n.nspname, t.typname, NULL, NULL,
       coalesce(
         (
           SELECT 'AS (' || string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) || ')'
           FROM pg_catalog.pg_attribute AS a
           WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
         ),
         (SELECT 'AS RANGE (' || format_type(g.rngsubtype, NULL) || ')' FROM pg_catalog.pg_range AS g WHERE g.rngtypid = t.oid),
         ''
       )
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
WHERE n.nspname = ANY (%(namespaces)s)
  AND (t.typtype = 'r' OR c.relkind = 'c')
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend AS e
    WHERE e.classid = 'pg_catalog.pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e'
  )
UNION ALL
SELECT 'aggregate', n.nspname, p.proname, NULL, NULL, pg_get_function_arguments(p.oid)
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname = ANY (%(namespaces)s)
  AND p.prokind = 'a'
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend AS e
    WHERE e.classid = 'pg_catalog.pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e'
  )
