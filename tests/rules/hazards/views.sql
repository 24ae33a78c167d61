==== a column that a view reads is dropped
CREATE TABLE post (id int, title text);
CREATE VIEW posts AS SELECT id, title FROM post;
---
ALTER TABLE post DROP COLUMN title; -- expect: view-dependency-error, drop-column
==== by a star
CREATE TABLE post (id int, title text);
CREATE VIEW posts AS SELECT * FROM post;
---
ALTER TABLE post DROP COLUMN title; -- expect: view-dependency-error, drop-column
==== in a WHERE only
CREATE TABLE post (id int, gone bool);
CREATE VIEW posts AS SELECT id FROM post WHERE NOT gone;
---
ALTER TABLE post ALTER gone TYPE int USING gone::int; -- expect: view-dependency-error, table-rewrite
==== through another view
CREATE TABLE post (id int, title varchar(10));
CREATE VIEW a AS SELECT title FROM post;
CREATE VIEW b AS SELECT title FROM a;
---
ALTER TABLE post ALTER title TYPE varchar(20); -- expect: view-dependency-error
==== through a materialized view
CREATE TABLE post (id int, title varchar(10));
CREATE MATERIALIZED VIEW a AS SELECT title FROM post;
---
ALTER TABLE post ALTER title TYPE text; -- expect: view-dependency-error
==== quoted and aliased
CREATE TABLE "Post" (id int, "authorId" int);
CREATE VIEW a AS SELECT p."authorId" AS author FROM "Post" AS p;
---
ALTER TABLE "Post" ALTER "authorId" TYPE bigint; -- expect: view-dependency-error, table-rewrite
==== the table of a view is dropped
CREATE TABLE post (id int);
CREATE VIEW posts AS SELECT id FROM post;
---
DROP TABLE post; -- expect: view-dependency-error, drop-table
==== a view that another view reads is dropped
CREATE TABLE post (id int);
CREATE VIEW a AS SELECT id FROM post;
CREATE VIEW b AS SELECT id FROM a;
---
DROP VIEW a; -- expect: view-dependency-error
==== a policy's column is dropped
CREATE TABLE post (id int, owner text);
ALTER TABLE post ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON post USING (owner = current_user);
---
ALTER TABLE post DROP COLUMN owner; -- expect: view-dependency-error, drop-column
==== a policy's column changes its type
CREATE TABLE post (id int, owner text);
ALTER TABLE post ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON post USING (owner = current_user);
---
ALTER TABLE post ALTER owner TYPE varchar; -- expect: view-dependency-error
==== a policy with a subquery on the outer column
CREATE TABLE member (team int, person text);
CREATE TABLE doc (id int, team int);
ALTER TABLE doc ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON doc USING (EXISTS (SELECT 1 FROM member m WHERE m.team = doc.team));
---
ALTER TABLE doc ALTER team TYPE bigint; -- expect: view-dependency-error, table-rewrite
==== a generated column's source is dropped
CREATE TABLE post (price int, total int GENERATED ALWAYS AS (price * 2) STORED);
---
ALTER TABLE post DROP COLUMN price; -- expect: view-dependency-error, drop-column
==== a generated column's source changes its type
CREATE TABLE post (price int, total int GENERATED ALWAYS AS (price * 2) STORED);
---
ALTER TABLE post ALTER price TYPE bigint; -- expect: view-dependency-error, table-rewrite
==== a trigger's column changes its type
CREATE TABLE post (id int, title text);
CREATE TRIGGER t BEFORE UPDATE OF title ON post FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
---
ALTER TABLE post ALTER title TYPE varchar; -- expect: view-dependency-error
==== a trigger's condition
CREATE TABLE post (id int, state text);
CREATE TRIGGER t BEFORE UPDATE ON post FOR EACH ROW WHEN (NEW.state = 'x') EXECUTE FUNCTION suppress_redundant_updates_trigger();
---
ALTER TABLE post DROP COLUMN state; -- expect: statement-fails, drop-column
==== a view loses a column
CREATE TABLE post (id int, title text);
CREATE VIEW posts AS SELECT id, title FROM post;
---
CREATE OR REPLACE VIEW posts AS SELECT id FROM post; -- expect: view-dependency-error
==== a view's columns change places
CREATE TABLE post (id int, title text);
CREATE VIEW posts AS SELECT id, title FROM post;
---
CREATE OR REPLACE VIEW posts AS SELECT title, id FROM post; -- expect: view-dependency-error
==== a view's column is renamed
CREATE TABLE post (id int, title text);
CREATE VIEW posts AS SELECT id, title FROM post;
---
CREATE OR REPLACE VIEW posts AS SELECT id, title AS headline FROM post; -- expect: view-dependency-error
==== a view with a star over a table that grew
CREATE TABLE post (id int, title text);
CREATE VIEW posts AS SELECT *, 1 AS one FROM post;
---
ALTER TABLE post ADD COLUMN body text;
CREATE OR REPLACE VIEW posts AS SELECT *, 1 AS one FROM post; -- expect: view-dependency-error
==== a view of another schema over a table that it names without one
CREATE SCHEMA api;
CREATE TABLE person (id int, email text);
CREATE VIEW api.person AS SELECT id, email FROM person;
---
ALTER TABLE person DROP COLUMN email; -- expect: view-dependency-error, drop-column
==== a column that is not there in a view of another schema
CREATE SCHEMA api;
CREATE TABLE person (id int, email text);
---
CREATE VIEW api.people AS SELECT mail FROM person; -- expect: unknown-object
