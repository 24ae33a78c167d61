==== a table with a view
CREATE TABLE post (id int);
CREATE VIEW posts AS SELECT id FROM post;
---
DROP TABLE post CASCADE; -- expect: drop-cascade, drop-table
==== a table with a key of another
CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int REFERENCES author);
---
DROP TABLE author CASCADE; -- expect: drop-cascade, drop-table
==== a view with a view
CREATE TABLE post (id int);
CREATE VIEW a AS SELECT id FROM post;
CREATE VIEW b AS SELECT id FROM a;
---
DROP VIEW a CASCADE; -- expect: drop-cascade
==== only the first of two views comes back
CREATE TABLE post (id int);
CREATE VIEW a AS SELECT id FROM post;
CREATE VIEW b AS SELECT id FROM a;
---
DROP VIEW a CASCADE; -- expect: drop-cascade
CREATE VIEW a AS SELECT id FROM post;
==== a column with a view
CREATE TABLE post (id int, title text);
CREATE VIEW titles AS SELECT title FROM post;
---
ALTER TABLE post DROP COLUMN title CASCADE; -- expect: drop-cascade, drop-column
==== a column with a key of another
CREATE TABLE author (id int PRIMARY KEY, code int UNIQUE);
CREATE TABLE post (code int REFERENCES author (code));
---
ALTER TABLE author DROP COLUMN code CASCADE; -- expect: drop-cascade, drop-column
==== a column with a policy
CREATE TABLE post (id int, owner text);
ALTER TABLE post ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON post USING (owner = current_user);
CREATE POLICY all_ids ON post USING (id > 0);
---
ALTER TABLE post DROP COLUMN owner CASCADE; -- expect: drop-cascade, drop-column
==== a type with columns
CREATE TYPE mood AS ENUM ('sad');
CREATE TABLE post (id int, mood mood);
---
DROP TYPE mood CASCADE; -- expect: drop-column
==== a function with triggers
CREATE TABLE post (id int);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON post FOR EACH ROW EXECUTE FUNCTION touch();
---
DROP FUNCTION touch() CASCADE; -- expect: drop-cascade
==== a function with policies
CREATE TABLE post (id int);
CREATE FUNCTION is_admin() RETURNS bool LANGUAGE sql AS 'SELECT true';
ALTER TABLE post ENABLE ROW LEVEL SECURITY;
CREATE POLICY admins ON post USING (is_admin());
---
DROP FUNCTION is_admin CASCADE; -- expect: drop-cascade
==== a schema with more than tables
CREATE SCHEMA app;
CREATE TABLE app.post (id int);
CREATE FUNCTION app.one() RETURNS int LANGUAGE sql AS 'SELECT 1';
---
DROP SCHEMA app CASCADE; -- expect: drop-cascade, drop-table
==== a sequence that a default draws from
CREATE SEQUENCE numbers;
CREATE TABLE post (id int DEFAULT nextval('numbers'));
---
DROP SEQUENCE numbers CASCADE; -- expect: drop-cascade
==== an extension and its columns
CREATE EXTENSION citext;
CREATE TABLE person (id int, email citext);
---
DROP EXTENSION citext CASCADE; -- expect: drop-cascade
==== a primary key with keys of others
CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int REFERENCES author);
---
ALTER TABLE author DROP CONSTRAINT author_pkey CASCADE; -- expect: drop-cascade
==== a unique index with keys of others
CREATE TABLE author (id int);
CREATE UNIQUE INDEX author_id ON author (id);
CREATE TABLE post (author int REFERENCES author (id));
---
DROP INDEX author_id CASCADE; -- expect: drop-cascade
