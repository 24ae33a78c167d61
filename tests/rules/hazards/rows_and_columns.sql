==== a table is dropped
CREATE TABLE post (id int);
---
DROP TABLE post; -- expect: drop-table
==== if it exists
CREATE TABLE post (id int);
---
DROP TABLE IF EXISTS post, nothing; -- expect: drop-table
==== a column is dropped
CREATE TABLE post (id int, title text);
---
ALTER TABLE post DROP title; -- expect: drop-column
==== a column is dropped in a block
CREATE TABLE post (id int, title text);
---
DO $$ BEGIN
  ALTER TABLE post DROP COLUMN title; -- expect: drop-column
END $$;
==== dropped and added again
CREATE TABLE post (id int, title text);
---
ALTER TABLE post DROP COLUMN title; -- expect: drop-column
ALTER TABLE post ADD COLUMN title varchar(10);
==== a table is renamed
CREATE TABLE post (id int);
---
ALTER TABLE post RENAME TO article; -- expect: rename-table
==== a view with another name does not help
CREATE TABLE post (id int);
---
ALTER TABLE post RENAME TO article; -- expect: rename-table
CREATE VIEW posts AS SELECT * FROM article;
==== the view comes in another transaction
CREATE TABLE post (id int);
---
-- dbtools: no-transaction
ALTER TABLE post RENAME TO article; -- expect: rename-table
CREATE VIEW post AS SELECT * FROM article;
==== a column is renamed, without the word
CREATE TABLE post (id int, title text);
---
ALTER TABLE post RENAME title TO headline; -- expect: rename-column
==== renamed there and back again under another name
CREATE TABLE post (id int, title text);
---
ALTER TABLE post RENAME title TO a; -- expect: rename-column
ALTER TABLE post RENAME a TO headline; -- expect: rename-column
==== required from the start
CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN author int NOT NULL; -- expect: required-column
==== the default goes again
CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN views int NOT NULL DEFAULT 0;
ALTER TABLE post ALTER COLUMN views DROP DEFAULT; -- expect: required-column
==== a narrower varchar
CREATE TABLE post (slug varchar(80));
---
ALTER TABLE post ALTER slug TYPE varchar(50); -- expect: type-narrowing, table-rewrite
==== a smaller integer
CREATE TABLE post (n bigint);
---
ALTER TABLE post ALTER n TYPE int; -- expect: type-narrowing, table-rewrite
==== less scale
CREATE TABLE post (n numeric(12, 4));
---
ALTER TABLE post ALTER n TYPE numeric(12, 2); -- expect: type-narrowing, table-rewrite
==== a day of a moment
CREATE TABLE post (at timestamptz);
---
ALTER TABLE post ALTER at TYPE date; -- expect: type-narrowing, table-rewrite
==== text to a length
CREATE TABLE post (body text);
---
ALTER TABLE post ALTER body TYPE varchar(100); -- expect: type-narrowing, table-rewrite
==== an enum with fewer labels
CREATE TYPE a AS ENUM ('x', 'y');
CREATE TYPE b AS ENUM ('x');
CREATE TABLE post (m a);
---
ALTER TABLE post ALTER m TYPE b USING m::text::b; -- expect: type-narrowing, table-rewrite
==== every row is updated
CREATE TABLE post (id int, n int);
---
UPDATE post SET n = 0; -- expect: update-without-where
==== WHERE true
CREATE TABLE post (id int, n int);
---
UPDATE post SET n = 0 WHERE true; -- expect: update-without-where
==== from a list without a condition
CREATE TABLE post (id int, n int);
---
UPDATE post SET n = v.n FROM (VALUES (1)) AS v (n); -- expect: update-without-where
==== every row is deleted
CREATE TABLE post (id int, n int);
---
DELETE FROM post; -- expect: delete-without-where
==== with a condition that is always true
CREATE TABLE post (id int, n int);
---
DELETE FROM post WHERE 1 = 1; -- expect: delete-without-where
==== USING without a condition
CREATE TABLE post (id int, n int);
CREATE TABLE tag (id int);
---
DELETE FROM post USING tag; -- expect: delete-without-where
==== in a WITH clause
CREATE TABLE post (id int, n int);
CREATE TABLE kept (id int, n int);
---
WITH gone AS (DELETE FROM post RETURNING *) INSERT INTO kept SELECT * FROM gone; -- expect: delete-without-where
==== required in a table that this change has filled
CREATE TABLE tag (id int);
INSERT INTO tag VALUES (1);
ALTER TABLE tag ADD COLUMN name text NOT NULL; -- expect: required-column
==== a lock from before the savepoint is held on
CREATE TABLE post (id int, views int);
---
BEGIN;
ALTER TABLE post ADD COLUMN title text;
SAVEPOINT s;
ALTER TABLE post ADD COLUMN body text;
ROLLBACK TO s;
UPDATE post SET views = 0; -- expect: ddl-and-backfill-same-transaction, update-without-where
COMMIT;
