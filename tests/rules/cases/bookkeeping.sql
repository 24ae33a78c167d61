-- What a runner keeps account in is there, though no migration makes it.
CREATE TABLE post (id int);
---
LOCK TABLE __diesel_schema_migrations IN SHARE MODE;
UPDATE alembic_version SET version_num = 'b' WHERE version_num = 'a';
UPDATE alembic_versions SET version_num = 'b' WHERE version_num = 'a'; -- expect: unknown-object
