-- IF EXISTS and IF NOT EXISTS, where the answer is known.
CREATE TABLE post (id int, title text);
CREATE INDEX post_id ON post (id);
---
DROP TABLE IF EXISTS draft;
DROP TABLE IF EXISTS draft CASCADE;
ALTER TABLE post DROP COLUMN IF EXISTS body;
ALTER TABLE post DROP COLUMN IF EXISTS title; -- expect: drop-column
ALTER TABLE post ADD COLUMN IF NOT EXISTS id bigserial;
CREATE INDEX IF NOT EXISTS post_id ON post (id);
CREATE INDEX IF NOT EXISTS post_id2 ON post (id); -- expect: index-blocks-writes
CREATE TABLE IF NOT EXISTS post (id int);
DROP TABLE IF EXISTS post; -- expect: drop-table
DROP TABLE draft; -- expect: unknown-object
ALTER TABLE IF EXISTS draft ADD COLUMN a int NOT NULL;
