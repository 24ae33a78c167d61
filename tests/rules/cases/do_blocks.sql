-- A DO block is executed, a function body is not; what is put together at run time is not known.
CREATE TABLE post (id int, title text);
---
DO $$ BEGIN CREATE INDEX post_id ON post (id); END $$; -- expect: index-blocks-writes
DO $$ BEGIN EXECUTE 'ALTER TABLE post DROP COLUMN title'; END $$; -- expect: drop-column
CREATE FUNCTION wipe() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM post; END $$;
COMMENT ON TABLE post IS 'DROP TABLE post;';
DO $$ BEGIN EXECUTE 'DROP TABLE ' || quote_ident('post'); END $$; -- expect: opaque-dynamic-sql
ALTER TABLE post ADD COLUMN whatever int NOT NULL DEFAULT 0;
CREATE INDEX ON post (whatever_else); -- expect: index-blocks-writes
