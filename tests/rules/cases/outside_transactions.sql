-- What PostgreSQL refuses in a transaction, and what it does outside one.
CREATE TABLE post (id int NOT NULL);
CREATE INDEX post_id ON post (id);
CREATE TABLE log (id int) PARTITION BY LIST (id);
CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1);
---
REINDEX INDEX CONCURRENTLY post_id; -- expect: concurrently-in-transaction
REINDEX TABLE CONCURRENTLY post; -- expect: concurrently-in-transaction
ALTER TABLE log DETACH PARTITION log_1 CONCURRENTLY; -- expect: concurrently-in-transaction
ALTER SYSTEM SET work_mem = '1MB'; -- expect: concurrently-in-transaction
VACUUM FULL post; -- expect: concurrently-in-transaction, table-rewrite
CLUSTER post USING post_id; -- expect: table-rewrite
---
-- dbtools: no-transaction
REINDEX TABLE CONCURRENTLY post;
VACUUM ANALYZE post;
VACUUM FULL post; -- expect: table-rewrite
CREATE INDEX CONCURRENTLY ON post (id); -- expect: duplicate-index
ALTER TABLE post ADD COLUMN total int GENERATED ALWAYS AS (id * 2) STORED; -- expect: table-rewrite
ALTER TABLE post ALTER total SET EXPRESSION AS (id * 3); -- expect: table-rewrite
ALTER TABLE post SET ACCESS METHOD heap;
ALTER TABLE post SET TABLESPACE pg_default;
ALTER TABLE post SET ACCESS METHOD columnar; -- expect: table-rewrite
ALTER TABLE post SET TABLESPACE fast; -- expect: table-rewrite
