==== a table twice
CREATE TABLE post (id int);
---
CREATE TABLE post (id int); -- expect: duplicate-object
==== a table twice in one file
CREATE TABLE post (id int);
CREATE TABLE Post (id int); -- expect: duplicate-object
==== a table and a view
CREATE VIEW post AS SELECT 1 AS id;
---
CREATE TABLE post (id int); -- expect: duplicate-object
==== a table and an index
CREATE TABLE a (id int);
CREATE INDEX b ON a (id);
---
CREATE TABLE b (id int); -- expect: duplicate-object
==== an index of another table
CREATE TABLE a (id int);
CREATE TABLE b (id int);
CREATE INDEX by_id ON a (id);
---
CREATE INDEX by_id ON b (id); -- expect: duplicate-object, index-blocks-writes
==== a table and a type
CREATE TYPE mood AS ENUM ('sad');
---
CREATE TABLE mood (id int); -- expect: duplicate-object
==== a type and a table
CREATE TABLE mood (id int);
---
CREATE TYPE mood AS ENUM ('sad'); -- expect: duplicate-object
==== a type twice
CREATE TYPE mood AS ENUM ('sad');
---
CREATE TYPE mood AS (a int); -- expect: duplicate-object
==== a primary key with the name of another
CREATE TABLE a (id int CONSTRAINT pk PRIMARY KEY);
---
CREATE TABLE b (id int CONSTRAINT pk PRIMARY KEY); -- expect: duplicate-object
==== a constraint twice
CREATE TABLE a (id int CONSTRAINT positive CHECK (id > 0));
---
ALTER TABLE a ADD CONSTRAINT positive CHECK (id > 1) NOT VALID; -- expect: duplicate-object
==== a column twice
CREATE TABLE a (id int, name text);
---
ALTER TABLE a ADD COLUMN name text; -- expect: duplicate-object
==== a column twice in one statement
CREATE TABLE a (id int);
---
ALTER TABLE a ADD COLUMN b int, ADD COLUMN b text; -- expect: duplicate-object
==== a column of the system
CREATE TABLE a (id int);
---
ALTER TABLE a ADD COLUMN xmin int; -- expect: duplicate-object
==== a column takes another's name
CREATE TABLE a (id int, name text, title text);
---
ALTER TABLE a RENAME title TO name; -- expect: duplicate-object, rename-column
==== a table takes another's name
CREATE TABLE a (id int);
CREATE TABLE b (id int);
---
ALTER TABLE a RENAME TO b; -- expect: duplicate-object, rename-table
==== a function twice
CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
---
CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 2'; -- expect: duplicate-object
==== a trigger twice
CREATE TABLE a (id int);
CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
---
CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger(); -- expect: duplicate-object
==== a policy twice
CREATE TABLE a (id int);
ALTER TABLE a ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON a USING (true);
---
CREATE POLICY p ON a USING (id > 0); -- expect: duplicate-object
==== an extension twice
CREATE EXTENSION citext;
---
CREATE EXTENSION citext; -- expect: duplicate-object
==== a schema twice
CREATE SCHEMA app;
---
CREATE SCHEMA app; -- expect: duplicate-object
==== a sequence twice
CREATE SEQUENCE numbers;
---
CREATE SEQUENCE numbers; -- expect: duplicate-object
==== a label twice
CREATE TYPE mood AS ENUM ('sad');
---
ALTER TYPE mood ADD VALUE 'sad'; -- expect: duplicate-object
==== a label takes another's name
CREATE TYPE mood AS ENUM ('sad', 'ok');
---
ALTER TYPE mood RENAME VALUE 'sad' TO 'ok'; -- expect: duplicate-object
==== two long names that are one
CREATE TABLE a (id int, other int);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY index_a_on_something_that_takes_more_room_than_there_is_number_1 ON a (id); -- expect: identifier-truncated
CREATE INDEX CONCURRENTLY index_a_on_something_that_takes_more_room_than_there_is_number_2 ON a (other); -- expect: identifier-truncated, duplicate-object
==== a long table name
CREATE TABLE "một cái tên bảng rất dài bằng tiếng Việt có nhiều dấu" (id int); -- expect: identifier-truncated
==== a long constraint name
CREATE TABLE a (id int);
---
ALTER TABLE a ADD CONSTRAINT the_id_of_a_has_to_be_positive_because_zero_means_that_there_is_none CHECK (id > 0) NOT VALID; -- expect: identifier-truncated
==== a long column in a block
CREATE TABLE a (id int);
---
DO $$ BEGIN
  ALTER TABLE a ADD COLUMN a_column_that_somebody_named_after_the_whole_sentence_in_the_ticket int; -- expect: identifier-truncated
END $$;
==== a long function
CREATE FUNCTION a_function_that_does_everything_that_the_team_could_not_do_elsewhere() RETURNS int LANGUAGE sql AS 'SELECT 1'; -- expect: identifier-truncated
==== a missing table
CREATE TABLE posts (id int);
---
ALTER TABLE post ADD COLUMN a int; -- expect: unknown-object
==== a missing column
CREATE TABLE post (id int, author_id int);
---
ALTER TABLE post DROP COLUMN authorid; -- expect: unknown-object
==== a missing column in an insert
CREATE TABLE post (id int, title text);
---
INSERT INTO post (id, titel) VALUES (1, 'x'); -- expect: unknown-object
==== a missing column in an update
CREATE TABLE post (id int, title text);
---
UPDATE post SET titel = 'x' WHERE id = 1; -- expect: unknown-object
==== a missing type
CREATE TABLE post (id int, mood mood); -- expect: unknown-object
==== a missing type of a new column
CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN mood feeling; -- expect: unknown-object
==== a missing function
CREATE TABLE post (id int);
---
DROP FUNCTION touch(); -- expect: unknown-object
==== a missing policy
CREATE TABLE post (id int);
ALTER TABLE post ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON post USING (true);
---
DROP POLICY yours ON post; -- expect: unknown-object
==== a missing label
CREATE TYPE mood AS ENUM ('sad');
---
ALTER TYPE mood RENAME VALUE 'Sad' TO 'ok'; -- expect: unknown-object
==== a dropped table is used
CREATE TABLE post (id int);
---
DROP TABLE post; -- expect: drop-table
CREATE INDEX ON post (id); -- expect: unknown-object, index-blocks-writes
==== a column under its old name
CREATE TABLE post (id int, title text);
---
ALTER TABLE post RENAME title TO name; -- expect: rename-column
CREATE INDEX ON post (title); -- expect: unknown-object, index-blocks-writes
==== the wrong schema
CREATE SCHEMA app;
CREATE TABLE app.post (id int);
---
ALTER TABLE post ADD COLUMN a int; -- expect: unknown-object
==== a label is renamed
CREATE TYPE mood AS ENUM ('sad', 'ok');
---
ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'; -- expect: rename-enum-value
==== a label of a schema's type is renamed
CREATE SCHEMA app;
CREATE TYPE app.state AS ENUM ('OPEN');
CREATE TABLE app.task (state app.state);
---
ALTER TYPE app.state RENAME VALUE 'OPEN' TO 'open'; -- expect: rename-enum-value
==== a trigger that is called otherwise is dropped
CREATE TABLE post (id int);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER post_touch BEFORE UPDATE ON post FOR EACH ROW EXECUTE FUNCTION touch();
---
DROP TRIGGER touch_post ON post; -- expect: unknown-object
==== a trigger that is not there is turned off
CREATE TABLE post (id int);
---
ALTER TABLE post DISABLE TRIGGER touch_post; -- expect: unknown-object
==== a rule that is not there is dropped
CREATE TABLE post (id int);
---
DROP RULE keep ON post; -- expect: unknown-object
==== a policy that is not there is altered
CREATE TABLE post (id int);
---
ALTER POLICY own ON post USING (true); -- expect: unknown-object
==== sequences, indexes, views and comments on what is not there
CREATE TABLE post (id int, title text);
CREATE VIEW posts AS SELECT id FROM post;
---
ALTER SEQUENCE nowhere RESTART; -- expect: unknown-object
DROP SEQUENCE nowhere; -- expect: unknown-object
ALTER INDEX nowhere RENAME TO somewhere; -- expect: unknown-object
ALTER INDEX nowhere SET (fillfactor = 50); -- expect: unknown-object
ALTER VIEW post_list RENAME TO list; -- expect: unknown-object
COMMENT ON COLUMN post.heading IS 'x'; -- expect: unknown-object
COMMENT ON VIEW post_list IS 'x'; -- expect: unknown-object
DROP PUBLICATION everything; -- expect: unknown-object
DROP STATISTICS few; -- expect: unknown-object
