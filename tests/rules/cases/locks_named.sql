-- Statements that close a table for a moment, and those that keep it closed.
CREATE TABLE author (id int PRIMARY KEY, name text);
CREATE TABLE post (id int PRIMARY KEY, author int REFERENCES author, slug text);
CREATE INDEX post_slug ON post (slug);
CREATE TABLE reply (post int REFERENCES post);
CREATE MATERIALIZED VIEW posts AS SELECT id FROM post;
CREATE UNIQUE INDEX posts_id ON posts (id);
CREATE SCHEMA archive;
CREATE SEQUENCE counter;
---
DROP INDEX post_slug; -- expect: drop-index-blocks
DROP INDEX IF EXISTS nothing;
REINDEX INDEX post_pkey; -- expect: reindex-blocks
REINDEX TABLE post; -- expect: reindex-blocks
REFRESH MATERIALIZED VIEW posts; -- expect: full-scan-exclusive, refresh-matview-blocks
REFRESH MATERIALIZED VIEW CONCURRENTLY posts; -- expect: full-scan-exclusive, full-scan-exclusive
DROP INDEX posts_id; -- expect: drop-index-blocks
LOCK TABLE author IN EXCLUSIVE MODE; -- expect: explicit-lock-table
LOCK TABLE author IN ACCESS SHARE MODE;
---
ALTER TABLE post DISABLE TRIGGER USER; -- expect: disable-triggers
ALTER TABLE post ENABLE TRIGGER USER;
SET session_replication_role = 'replica'; -- expect: disable-triggers
RESET session_replication_role;
---
ALTER SEQUENCE counter SET SCHEMA archive; -- expect: set-schema
ALTER TABLE reply SET SCHEMA archive; -- expect: set-schema
ALTER INDEX post_pkey RENAME TO post_key;
---
TRUNCATE author; -- expect: truncate
TRUNCATE author CASCADE; -- expect: truncate, truncate-cascade
TRUNCATE author, post, archive.reply; -- expect: truncate, truncate, truncate, multi-table-exclusive-lock
---
-- dbtools: no-transaction
LOCK TABLE author; -- expect: explicit-lock-table
SAVEPOINT here; -- expect: uncommitted-transaction
COMMIT; -- expect: uncommitted-transaction
BEGIN; -- expect: uncommitted-transaction
REINDEX SCHEMA public; -- expect: concurrently-in-transaction, reindex-blocks
BEGIN; -- expect: uncommitted-transaction
---
-- What the runner has begun is not for the migration to end.
CREATE TABLE note (id int);
COMMIT; -- expect: uncommitted-transaction
CREATE INDEX CONCURRENTLY note_id ON note (id);
---
BEGIN;
CREATE TABLE other (id int);
COMMIT;
