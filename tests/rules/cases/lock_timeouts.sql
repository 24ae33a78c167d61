-- select ALL
CREATE TABLE post (id int, title text);
CREATE TABLE tag (id int);
CREATE VIEW posts AS SELECT id FROM post;
---
-- Said once, at the first lock; what is set afterwards comes too late.
CREATE OR REPLACE VIEW posts AS SELECT id FROM post;
COMMENT ON TABLE post IS 'x';
ALTER TABLE post ADD COLUMN a int; -- expect: missing-lock-timeout, brief-strong-lock
ALTER TABLE post ADD COLUMN b int;
SET lock_timeout = '2s';
ALTER TABLE tag ADD COLUMN b int; -- expect: brief-strong-lock, multi-table-exclusive-lock
---
SET LOCAL lock_timeout = '2s';
ALTER TABLE post ADD COLUMN c int; -- expect: brief-strong-lock
RESET lock_timeout;
ALTER TABLE tag ADD COLUMN c int; -- expect: missing-lock-timeout, brief-strong-lock, multi-table-exclusive-lock
---
-- dbtools: no-transaction
BEGIN;
SET LOCAL lock_timeout TO 1000;
ALTER TABLE post ADD COLUMN d int; -- expect: brief-strong-lock
COMMIT;
ALTER TABLE post ADD COLUMN e int; -- expect: missing-lock-timeout, brief-strong-lock
---
SET lock_timeout TO 0;
ALTER TABLE post ALTER id TYPE bigint; -- expect: missing-lock-timeout, table-rewrite, view-dependency-error
