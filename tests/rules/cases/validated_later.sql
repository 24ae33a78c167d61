-- NOT VALID in one migration, VALIDATE in the next; an index built beside the writes and then adopted.
CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (id int NOT NULL, author int, slug text, views int);
---
ALTER TABLE post ADD CONSTRAINT post_author FOREIGN KEY (author) REFERENCES author NOT VALID; -- expect: fk-without-index
ALTER TABLE post ADD CONSTRAINT post_views CHECK (views IS NOT NULL) NOT VALID;
---
ALTER TABLE post VALIDATE CONSTRAINT post_author;
ALTER TABLE post VALIDATE CONSTRAINT post_views;
ALTER TABLE post ALTER views SET NOT NULL;
ALTER TABLE post DROP CONSTRAINT post_views;
---
-- dbtools: no-transaction
CREATE UNIQUE INDEX CONCURRENTLY post_pkey ON post (id);
CREATE UNIQUE INDEX CONCURRENTLY post_slug_key ON post (slug);
DROP INDEX CONCURRENTLY IF EXISTS nothing;
---
ALTER TABLE post ADD CONSTRAINT post_pkey PRIMARY KEY USING INDEX post_pkey;
ALTER TABLE post ADD CONSTRAINT post_slug_key UNIQUE USING INDEX post_slug_key;
---
DROP INDEX CONCURRENTLY post_slug_key; -- expect: concurrently-in-transaction
ALTER TABLE post ADD CHECK (author IS NOT NULL); -- expect: full-scan-exclusive
ALTER TABLE post ADD UNIQUE USING INDEX gone; -- expect: unknown-object
