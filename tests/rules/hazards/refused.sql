==== a key that others refer to
CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int REFERENCES author);
---
ALTER TABLE author DROP CONSTRAINT author_pkey; -- expect: statement-fails
==== the table that others refer to
CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int REFERENCES author);
---
DROP TABLE author; -- expect: statement-fails, drop-table
==== the index behind a constraint
CREATE TABLE post (id int PRIMARY KEY);
---
DROP INDEX post_pkey; -- expect: statement-fails
==== a type that columns have
CREATE TYPE mood AS ENUM ('sad');
CREATE TABLE post (mood mood);
---
DROP TYPE mood; -- expect: statement-fails
==== a type that only an array has
CREATE TYPE mood AS ENUM ('sad');
CREATE TABLE post (moods mood[]);
---
DROP TYPE mood; -- expect: statement-fails
==== a type that a function takes
CREATE TYPE mood AS ENUM ('sad');
CREATE FUNCTION cheer(m mood) RETURNS int LANGUAGE sql AS 'SELECT 1';
---
DROP TYPE mood; -- expect: statement-fails
==== a function that a trigger calls
CREATE TABLE post (id int);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON post FOR EACH ROW EXECUTE FUNCTION touch();
---
DROP FUNCTION touch(); -- expect: statement-fails
==== a function that a policy calls
CREATE TABLE post (id int);
CREATE FUNCTION is_admin() RETURNS bool LANGUAGE sql AS 'SELECT true';
ALTER TABLE post ENABLE ROW LEVEL SECURITY;
CREATE POLICY admins ON post USING (is_admin());
---
DROP FUNCTION is_admin(); -- expect: view-dependency-error
==== a function that a default calls
CREATE FUNCTION code() RETURNS text LANGUAGE sql AS 'SELECT ''x''';
CREATE TABLE post (code text DEFAULT code());
---
DROP FUNCTION code(); -- expect: statement-fails
==== a function that an index calls
CREATE FUNCTION slug(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
CREATE TABLE post (title text);
CREATE INDEX by_slug ON post (slug(title));
---
DROP FUNCTION slug(text); -- expect: statement-fails
==== a function that a table's rows come from
CREATE TABLE post (id int);
CREATE FUNCTION posts() RETURNS SETOF post LANGUAGE sql AS 'SELECT * FROM post';
---
DROP TABLE post; -- expect: statement-fails, drop-table
==== a table that a policy of another reads
CREATE TABLE member (person text);
CREATE TABLE doc (id int);
ALTER TABLE doc ENABLE ROW LEVEL SECURITY;
CREATE POLICY members ON doc USING (EXISTS (SELECT 1 FROM member WHERE person = current_user));
---
DROP TABLE member; -- expect: view-dependency-error, drop-table
==== a sequence that a default draws from
CREATE SEQUENCE numbers;
CREATE TABLE post (id int DEFAULT nextval('numbers'));
---
DROP SEQUENCE numbers; -- expect: statement-fails
==== a schema that is not empty
CREATE SCHEMA app;
CREATE TABLE app.post (id int);
---
DROP SCHEMA app; -- expect: statement-fails
==== a schema that holds a function only
CREATE SCHEMA app;
CREATE FUNCTION app.one() RETURNS int LANGUAGE sql AS 'SELECT 1';
---
DROP SCHEMA app; -- expect: statement-fails
==== an extension whose type is used
CREATE EXTENSION citext;
CREATE TABLE person (email citext);
---
DROP EXTENSION citext; -- expect: statement-fails
==== a key to columns that are not unique
CREATE TABLE author (id int, code int);
CREATE TABLE post (id int, author int);
---
ALTER TABLE post ADD CONSTRAINT fk FOREIGN KEY (author) REFERENCES author (code) NOT VALID; -- expect: statement-fails
==== a key to a table without a primary key
CREATE TABLE author (id int);
---
CREATE TABLE post (author int REFERENCES author); -- expect: unknown-object
==== a key with too few columns
CREATE TABLE author (a int, b int, PRIMARY KEY (a, b));
---
CREATE TABLE post (a int, FOREIGN KEY (a) REFERENCES author (a, b)); -- expect: statement-fails
==== a key to a partial unique index
CREATE TABLE author (id int, gone bool);
CREATE UNIQUE INDEX author_id ON author (id) WHERE NOT gone;
---
CREATE TABLE post (author int REFERENCES author (id)); -- expect: statement-fails
==== a second primary key
CREATE TABLE post (id int PRIMARY KEY, slug text);
---
ALTER TABLE post ADD PRIMARY KEY (slug); -- expect: statement-fails, unique-build-exclusive
==== NULL in a primary key
CREATE TABLE post (id int PRIMARY KEY);
---
ALTER TABLE post ALTER id DROP NOT NULL; -- expect: statement-fails
==== a type without a cast
CREATE TABLE post (id int, code text);
---
ALTER TABLE post ALTER code TYPE int; -- expect: statement-fails
==== a default that is no label
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE post (mood mood);
---
ALTER TABLE post ALTER mood SET DEFAULT 'OK'; -- expect: statement-fails
==== a column whose default is no label
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN mood mood NOT NULL DEFAULT 'happy'; -- expect: statement-fails
==== a new table whose default is no number
CREATE TABLE post (id int, views int DEFAULT 'none'); -- expect: statement-fails
==== a default that is no json
CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN data jsonb NOT NULL DEFAULT '{a: 1}'; -- expect: statement-fails
==== a default that is no uuid
CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN owner uuid DEFAULT 'admin'; -- expect: statement-fails
==== a default that is no boolean
CREATE TABLE post (id int, done boolean);
---
ALTER TABLE post ALTER done SET DEFAULT 'maybe'; -- expect: statement-fails
==== a default that is too long
CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN state varchar(5) NOT NULL DEFAULT 'pending'; -- expect: statement-fails
==== a default that is too long for a char
CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN country char(2) DEFAULT 'vnm'; -- expect: statement-fails
==== a default that names another column
CREATE TABLE post (id int, title text);
---
ALTER TABLE post ADD COLUMN slug text DEFAULT title; -- expect: statement-fails
==== a check with a subquery
CREATE TABLE author (id int);
CREATE TABLE post (author int);
---
ALTER TABLE post ADD CHECK (author IN (SELECT id FROM author)) NOT VALID; -- expect: statement-fails
==== a function that returns something else
CREATE FUNCTION total(a int) RETURNS int LANGUAGE sql AS 'SELECT a';
---
CREATE OR REPLACE FUNCTION total(a int) RETURNS numeric LANGUAGE sql AS 'SELECT a::numeric'; -- expect: statement-fails
==== a unique index without the partition key
CREATE TABLE log (id int, at date) PARTITION BY RANGE (at);
---
CREATE UNIQUE INDEX log_id ON log (id); -- expect: statement-fails, index-blocks-writes
==== a partitioned table whose key leaves out the partition key
CREATE TABLE log (id int PRIMARY KEY, at date) PARTITION BY RANGE (at); -- expect: statement-fails
==== the partition key is dropped
CREATE TABLE log (id int, at date) PARTITION BY RANGE (at);
---
ALTER TABLE log DROP COLUMN at; -- expect: statement-fails, drop-column
==== the partition key changes its type
CREATE TABLE log (id int, at date) PARTITION BY RANGE (at);
---
ALTER TABLE log ALTER at TYPE timestamp; -- expect: statement-fails
==== a column of a partition
CREATE TABLE log (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log DEFAULT;
---
ALTER TABLE log_1 ADD COLUMN note text; -- expect: statement-fails
==== an inherited column is dropped
CREATE TABLE animal (id int, name text);
CREATE TABLE cat (lives int) INHERITS (animal);
---
ALTER TABLE cat DROP COLUMN name; -- expect: statement-fails, drop-column
==== an inherited column is renamed
CREATE TABLE animal (id int, name text);
CREATE TABLE cat (lives int) INHERITS (animal);
---
ALTER TABLE cat RENAME name TO title; -- expect: statement-fails, rename-column
==== a partition of what is not partitioned
CREATE TABLE log (id int);
---
CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1); -- expect: statement-fails
==== a table is attached to what is not partitioned
CREATE TABLE log (id int);
CREATE TABLE log_1 (id int);
---
ALTER TABLE log ATTACH PARTITION log_1 FOR VALUES IN (1); -- expect: statement-fails, attach-partition-scan
==== DROP TABLE of a view
CREATE VIEW v AS SELECT 1 AS a;
---
DROP TABLE v; -- expect: statement-fails
==== DROP VIEW of a materialized view
CREATE MATERIALIZED VIEW v AS SELECT 1 AS a;
---
DROP VIEW IF EXISTS v; -- expect: statement-fails
==== DROP VIEW of a table
CREATE TABLE t (id int);
---
DROP VIEW t; -- expect: statement-fails
==== a column is added to a view
CREATE VIEW v AS SELECT 1 AS a;
---
ALTER TABLE v ADD COLUMN b int; -- expect: statement-fails
==== an index on a view
CREATE TABLE t (id int);
CREATE VIEW v AS SELECT id FROM t;
---
CREATE INDEX ON v (id); -- expect: statement-fails
==== CREATE OR REPLACE VIEW of a table
CREATE TABLE t (id int);
---
CREATE OR REPLACE VIEW t AS SELECT 1 AS id; -- expect: statement-fails
==== a default on an identity column
CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY);
---
ALTER TABLE t ALTER id SET DEFAULT 1; -- expect: statement-fails
==== a default on a generated column
CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a) STORED);
---
ALTER TABLE t ALTER b SET DEFAULT 1; -- expect: statement-fails
==== an identity on a nullable column
CREATE TABLE t (id int);
---
ALTER TABLE t ALTER id ADD GENERATED ALWAYS AS IDENTITY; -- expect: statement-fails
==== an identity on a serial column
CREATE TABLE t (id serial PRIMARY KEY);
---
ALTER TABLE t ALTER id ADD GENERATED BY DEFAULT AS IDENTITY; -- expect: statement-fails
==== REFRESH CONCURRENTLY without a unique index
CREATE TABLE t (id int);
CREATE MATERIALIZED VIEW m AS SELECT id FROM t;
CREATE INDEX m_id ON m (id);
---
REFRESH MATERIALIZED VIEW CONCURRENTLY m; -- expect: statement-fails
==== a virtual column before 18 [15]
CREATE TABLE t (a int);
---
ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS (a) VIRTUAL; -- expect: statement-fails
==== a key that is not checked, on a partitioned table, before 18 [15]
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE log (id int, a int) PARTITION BY RANGE (id);
---
ALTER TABLE log ADD FOREIGN KEY (a) REFERENCES a NOT VALID; -- expect: statement-fails
==== a label longer than 63 bytes
CREATE TYPE mood AS ENUM ('sad');
---
ALTER TYPE mood ADD VALUE 'a mood that takes more words to say than any label of an enum may ever have'; -- expect: statement-fails
==== a view stands in the way of what a DO block does if a number says so
CREATE TABLE post (id int, views int);
CREATE VIEW busy AS SELECT id FROM post WHERE views > 9;
---
DO $$
DECLARE n int;
BEGIN
  SELECT count(*) INTO n FROM pg_tables;
  IF n > 0 THEN
    EXECUTE 'ALTER TABLE post ALTER views TYPE bigint'; -- expect: view-dependency-error, table-rewrite
  END IF;
END $$;
