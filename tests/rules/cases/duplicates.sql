-- What is there already, and what an index cannot say.
CREATE EXTENSION pgcrypto;
CREATE TABLE post (id serial PRIMARY KEY, at timestamptz, doc json);
CREATE VIEW posts AS SELECT id FROM post;
---
CREATE TABLE posts (id int); -- expect: duplicate-object
CREATE VIEW posts AS SELECT 1 AS id; -- expect: duplicate-object
CREATE OR REPLACE VIEW posts AS SELECT id FROM post;
ALTER TABLE post ADD COLUMN at date; -- expect: duplicate-object
CREATE TABLE fresh (at timestamptz);
CREATE INDEX ON fresh ((at::date)); -- expect: index-not-immutable
CREATE INDEX ON post (doc); -- expect: unknown-object, index-blocks-writes
CREATE INDEX ON post ((doc ->> 'a')); -- expect: index-blocks-writes
ALTER SEQUENCE post_id_seq RESTART;
ALTER TABLE post_id_seq OWNER TO CURRENT_USER;
INSERT INTO auth.users VALUES (1);
ALTER TABLE auth.users ADD COLUMN a int;
UPDATE pg_class SET relname = relname WHERE false;
VACUUM fresh; -- expect: concurrently-in-transaction
