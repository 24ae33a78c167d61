-- Quoted names are other names: "Post" and post, "userId" and userid.
CREATE TABLE "Post" (id int PRIMARY KEY, "userId" int, "select" text, "a ""b""" int);
CREATE TABLE post (id int PRIMARY KEY, userid int);
---
ALTER TABLE "Post" ALTER COLUMN "select" SET NOT NULL; -- expect: full-scan-exclusive
CREATE INDEX ON "Post" (userId); -- expect: unknown-object, index-blocks-writes
CREATE INDEX ON post (userId); -- expect: index-blocks-writes
ALTER TABLE "post" ALTER "a ""b""" TYPE bigint; -- expect: unknown-object
ALTER TABLE "Post" ALTER "a ""b""" TYPE bigint; -- expect: table-rewrite
CREATE TABLE "POST" (id int);
CREATE INDEX ON "POST" (id);
ALTER TABLE "POST" ADD COLUMN title text NOT NULL;
DROP TABLE post; -- expect: drop-table, multi-table-exclusive-lock
