-- Rows: conditions that exclude none are none.
CREATE TABLE post (id int PRIMARY KEY, title text, views int);
CREATE TABLE spam (id int);
---
UPDATE post SET views = 0; -- expect: update-without-where
UPDATE post SET views = 0 WHERE 1 = 1 AND true; -- expect: update-without-where
UPDATE post SET views = 0 WHERE views IS NULL;
UPDATE post SET title = 'x' FROM spam WHERE spam.id = post.id;
DELETE FROM post; -- expect: delete-without-where
DELETE FROM post WHERE NOT false; -- expect: delete-without-where
DELETE FROM post USING spam WHERE spam.id = post.id;
DELETE FROM ONLY spam WHERE id = 1 OR 'a' = 'a'; -- expect: delete-without-where
ALTER TABLE post ADD COLUMN rank int; -- expect: ddl-and-backfill-same-transaction
UPDATE post SET rank = 0 WHERE rank IS NULL; -- expect: ddl-and-backfill-same-transaction
ALTER TABLE post ALTER rank SET NOT NULL; -- expect: full-scan-exclusive, required-column
ALTER TABLE post ADD COLUMN kind text NOT NULL DEFAULT 'a';
ALTER TABLE post ALTER kind DROP DEFAULT; -- expect: required-column
ALTER TABLE post ADD COLUMN author int NOT NULL; -- expect: required-column
