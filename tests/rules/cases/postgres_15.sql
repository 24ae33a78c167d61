-- PostgreSQL 15: no NOT NULL that is NOT VALID, no virtual columns.
CREATE TABLE post (id int, at timestamp, price int);
CREATE INDEX post_at ON post (at);
---
ALTER TABLE post ADD COLUMN total int GENERATED ALWAYS AS (price * 2) STORED; -- expect: table-rewrite
ALTER TABLE post ALTER price SET NOT NULL; -- expect: full-scan-exclusive
ALTER TABLE post ALTER at TYPE timestamptz; -- expect: index-rebuild-exclusive
