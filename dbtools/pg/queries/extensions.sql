-- Installed extensions, but for the one that every database has.
SELECT extname
FROM pg_catalog.pg_extension
WHERE extname <> 'plpgsql'
