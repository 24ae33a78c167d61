-- A rename is safe where the old name still works after the same transaction.
CREATE TABLE post (id int, title text);
CREATE TABLE tag (id int);
CREATE TABLE link (id int);
CREATE TABLE note (id int);
---
ALTER TABLE post RENAME TO article;
CREATE VIEW post AS SELECT * FROM article;
ALTER TABLE tag RENAME TO label; -- expect: rename-table, multi-table-exclusive-lock
ALTER TABLE link RENAME TO old_link;
CREATE TABLE link (id bigint);
ALTER TABLE note RENAME id TO number; -- expect: rename-column
ALTER TABLE note RENAME COLUMN gone TO here; -- expect: unknown-object
ALTER TABLE note RENAME TO notes; -- expect: rename-table
---
-- dbtools: no-transaction
ALTER TABLE article RENAME TO essay; -- expect: rename-table
CREATE VIEW article AS SELECT * FROM essay;
