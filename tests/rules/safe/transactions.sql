==== what is rolled back was never made
CREATE TABLE post (id int);
---
BEGIN;
ALTER TABLE post ADD COLUMN title text;
ROLLBACK;
ALTER TABLE post ADD COLUMN title text;
==== a lock that was taken since the savepoint is free again
CREATE TABLE post (id int, views int);
---
BEGIN;
SAVEPOINT before;
ALTER TABLE post ADD COLUMN title text;
ROLLBACK TO SAVEPOINT before;
UPDATE post SET views = 0 WHERE views IS NULL;
COMMIT;
==== the last savepoint of a name counts
CREATE TABLE post (id int);
---
BEGIN;
SAVEPOINT s;
ALTER TABLE post ADD COLUMN a int;
SAVEPOINT s;
ALTER TABLE post ADD COLUMN b int;
ROLLBACK TO s;
ALTER TABLE post ADD COLUMN b int;
RELEASE s;
ROLLBACK TO s;
ALTER TABLE post ADD COLUMN a int;
COMMIT;
==== rolled back in an earlier migration
BEGIN;
CREATE TABLE post (id int);
SAVEPOINT s;
ALTER TABLE post ADD COLUMN a int;
ROLLBACK TO s;
COMMIT;
---
ALTER TABLE post ADD COLUMN a int;
