-- Types: free changes are free, and one that is not is said once per harm.
CREATE DOMAIN code AS text CHECK (VALUE <> '');
CREATE TABLE post (
    id int PRIMARY KEY, slug varchar(50) UNIQUE, body text, price numeric(10, 2), at timestamp(3), token text,
    CONSTRAINT body_set CHECK (body <> '')
);
CREATE TABLE reply (post int REFERENCES post);
CREATE INDEX priced ON post (id) WHERE price > 0;
---
ALTER TABLE post ALTER slug TYPE varchar(90);
ALTER TABLE post ALTER slug TYPE text;
ALTER TABLE post ALTER price TYPE numeric(12, 2); -- expect: index-rebuild-exclusive
ALTER TABLE post ALTER body TYPE text; -- expect: full-scan-exclusive
ALTER TABLE post ALTER at TYPE timestamptz(3); -- expect: table-rewrite
ALTER TABLE post ALTER token TYPE code; -- expect: table-rewrite, type-narrowing
ALTER TABLE post ALTER slug TYPE varchar(10) USING left(slug, 10); -- expect: table-rewrite
-- The key is checked anew: the other table is read as well, under the same lock.
ALTER TABLE post ALTER id TYPE bigint; -- expect: table-rewrite, drop-fk-locks-both-tables, fk-type-mismatch
SET timezone = 'Asia/Ho_Chi_Minh';
ALTER TABLE post ADD COLUMN seen timestamp; -- expect: multi-table-exclusive-lock
ALTER TABLE post ALTER seen TYPE timestamptz; -- expect: table-rewrite
ALTER TABLE post ALTER seen TYPE serial; -- expect: unknown-object
