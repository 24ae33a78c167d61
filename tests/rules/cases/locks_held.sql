-- A transaction keeps what it has locked: what comes after is done under it.
CREATE TABLE author (id int PRIMARY KEY, name text, old text);
CREATE TABLE post (id int PRIMARY KEY, author int, views int);
ALTER TABLE post ADD CONSTRAINT post_views CHECK (views >= 0) NOT VALID;
CREATE TABLE tag (id int PRIMARY KEY, name text);
CREATE DOMAIN points AS int;
CREATE TABLE score (id int PRIMARY KEY, points points);
CREATE MATERIALIZED VIEW high AS SELECT id FROM score WHERE points > 9;
---
ALTER TABLE post ADD COLUMN title text;
CREATE INDEX ON post (title); -- expect: index-blocks-writes
ALTER TABLE post VALIDATE CONSTRAINT post_views; -- expect: validate-in-same-transaction
ALTER TABLE post VALIDATE CONSTRAINT post_views;
ALTER TABLE post ADD CONSTRAINT post_author FOREIGN KEY (author) REFERENCES author NOT VALID;
ALTER TABLE post VALIDATE CONSTRAINT post_author; -- expect: validate-in-same-transaction
---
-- A foreign key's own lock lets reads through.
ALTER TABLE post ADD CONSTRAINT post_again FOREIGN KEY (author) REFERENCES author NOT VALID;
ALTER TABLE post VALIDATE CONSTRAINT post_again; -- expect: validate-in-same-transaction
---
-- After a commit nothing is held.
-- dbtools: no-transaction
BEGIN;
ALTER TABLE post ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;
COMMIT;
ALTER TABLE post VALIDATE CONSTRAINT positive;
BEGIN;
ALTER TABLE post ADD CONSTRAINT few CHECK (id < 9) NOT VALID;
ALTER TABLE post VALIDATE CONSTRAINT few; -- expect: validate-in-same-transaction
COMMIT;
---
-- The rows after the lock, the lock after the rows; of each table once.
UPDATE tag SET name = 'x' WHERE name IS NULL;
UPDATE tag SET name = 'y' WHERE name = 'z';
ALTER TABLE tag ADD COLUMN rank int; -- expect: ddl-and-backfill-same-transaction
UPDATE tag SET rank = 0; -- expect: update-without-where, ddl-and-backfill-same-transaction
UPDATE tag SET rank = 1 WHERE name = 'x';
DELETE FROM author WHERE name = 'x'; -- expect: ddl-and-backfill-same-transaction
INSERT INTO author (id, name) VALUES (1, 'x');
INSERT INTO author (id, name) SELECT id, name FROM tag; -- expect: ddl-and-backfill-same-transaction
---
-- Rows of this change's own tables, and of none, hold nobody up.
ALTER TABLE tag ADD COLUMN kind int;
CREATE TABLE draft (id int, kind int);
INSERT INTO draft VALUES (1, 2);
UPDATE draft SET kind = 3;
UPDATE tag SET kind = 0 WHERE false;
---
-- A domain is looked at under the lock of another table's change.
ALTER TABLE score ADD COLUMN at date;
ALTER DOMAIN points ADD CHECK (VALUE >= 0); -- expect: domain-scan-blocks-writes
ALTER DOMAIN points ADD CONSTRAINT small CHECK (VALUE < 9) NOT VALID;
ALTER DOMAIN points VALIDATE CONSTRAINT small; -- expect: domain-scan-blocks-writes
ALTER DOMAIN points DROP CONSTRAINT small;
---
-- What was rolled back to is no longer certain; what was rolled back is gone.
-- dbtools: no-transaction
BEGIN;
ALTER TABLE tag ADD COLUMN extra int;
ROLLBACK;
UPDATE tag SET name = 'q' WHERE name = 'r';
---
-- One statement may lock several tables, and waits for one while it has the other.
ALTER TABLE author DROP COLUMN old; -- expect: drop-column
ALTER TABLE post DROP CONSTRAINT post_author; -- expect: drop-fk-locks-both-tables, multi-table-exclusive-lock
ALTER TABLE tag ADD COLUMN third int;
---
DROP TABLE post; -- expect: drop-table, drop-fk-locks-both-tables
---
-- What a materialized view reads is read under the lock that is held.
ALTER TABLE score ADD COLUMN note text;
REFRESH MATERIALIZED VIEW high; -- expect: full-scan-exclusive, refresh-matview-blocks
