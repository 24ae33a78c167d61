-- What the change itself makes holds nothing that anybody misses, also in the migrations after it.
CREATE TABLE author (id int PRIMARY KEY);
---
CREATE TABLE post (id int, author int, at timestamp, title text);
INSERT INTO post VALUES (1, 1, now(), 'first');
ALTER TABLE post ALTER at TYPE timestamptz, ALTER title TYPE varchar(5);
ALTER TABLE post ADD PRIMARY KEY (id);
UPDATE post SET title = 'x';
---
ALTER TABLE post RENAME TO article;
CREATE INDEX ON article (author);
ALTER TABLE article ADD COLUMN b uuid DEFAULT gen_random_uuid();
ALTER TABLE article RENAME author TO writer;
ALTER TABLE article ALTER title SET NOT NULL;
DELETE FROM article;
CREATE TABLE tag (post int REFERENCES author);
ALTER TABLE tag ADD FOREIGN KEY (post) REFERENCES author;
DROP TABLE tag;
DROP TABLE article;
CREATE INDEX ON author (id); -- expect: index-blocks-writes, duplicate-index
CREATE INDEX ON article (id); -- expect: unknown-object, index-blocks-writes
