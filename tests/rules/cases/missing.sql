-- Every kind of name that nothing has.
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (id int PRIMARY KEY, author int, mood mood);
CREATE TABLE log (id int) PARTITION BY LIST (id);
---
DROP INDEX post_author_idx; -- expect: unknown-object
DROP POLICY p ON posts; -- expect: unknown-object
CREATE TABLE reply (id int REFERENCES posts); -- expect: unknown-object
CREATE TABLE answer (id int REFERENCES author (ident)); -- expect: unknown-object
CREATE TABLE part PARTITION OF whole FOR VALUES IN (1); -- expect: unknown-object
CREATE TABLE copied (LIKE posts); -- expect: unknown-object
CREATE VIEW everything AS SELECT * FROM posts; -- expect: unknown-object
ALTER TABLE post ADD COLUMN a int REFERENCES writer; -- expect: unknown-object
ALTER TABLE post ADD CHECK (autor > 0); -- expect: unknown-object, full-scan-exclusive
ALTER TABLE post ADD UNIQUE (autor); -- expect: unknown-object, unique-build-exclusive
ALTER TABLE post ADD CONSTRAINT set NOT NULL autor; -- expect: unknown-object
ALTER TABLE post VALIDATE CONSTRAINT post_author; -- expect: unknown-object
ALTER TABLE log ATTACH PARTITION part_1 DEFAULT; -- expect: unknown-object
ALTER TYPE moods ADD VALUE 'happy'; -- expect: unknown-object
TRUNCATE posts; -- expect: unknown-object
LOCK TABLE posts; -- expect: unknown-object
UPDATE posts SET id = 1 WHERE id = 2; -- expect: unknown-object
COMMENT ON COLUMN posts.id IS 'x'; -- expect: unknown-object
CREATE TRIGGER t BEFORE INSERT ON posts FOR EACH ROW EXECUTE FUNCTION f(); -- expect: unknown-object
