==== a new column beside the old one
CREATE TABLE post (id int PRIMARY KEY, title text);
---
ALTER TABLE post ADD COLUMN headline text;
CREATE FUNCTION post_both() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.headline := coalesce(NEW.headline, NEW.title);
  RETURN NEW;
END $$;
CREATE TRIGGER post_both BEFORE INSERT OR UPDATE ON post FOR EACH ROW EXECUTE FUNCTION post_both();
==== the old rows in batches
CREATE TABLE post (id int PRIMARY KEY, title text, headline text);
---
-- dbtools: no-transaction
UPDATE post SET headline = title WHERE id BETWEEN 1 AND 1000 AND headline IS NULL;
UPDATE post SET headline = title WHERE id BETWEEN 1001 AND 2000 AND headline IS NULL;
==== a check is added, then valid, then NOT NULL
CREATE TABLE post (id int PRIMARY KEY, headline text);
---
ALTER TABLE post ADD CONSTRAINT headline_set CHECK (headline IS NOT NULL) NOT VALID;
---
ALTER TABLE post VALIDATE CONSTRAINT headline_set;
---
ALTER TABLE post ALTER headline SET NOT NULL;
ALTER TABLE post DROP CONSTRAINT headline_set;
==== the table is renamed and its old name kept
CREATE TABLE post (id int PRIMARY KEY, title text);
---
BEGIN;
ALTER TABLE post RENAME TO article;
CREATE VIEW post AS SELECT * FROM article;
COMMIT;
==== a bigint beside an int key
CREATE TABLE post (id int PRIMARY KEY);
---
ALTER TABLE post ADD COLUMN id_new bigint;
---
-- dbtools: no-transaction
CREATE UNIQUE INDEX CONCURRENTLY post_id_new ON post (id_new);
==== a foreign key in two steps, to a big table
CREATE TABLE author (id bigint PRIMARY KEY);
CREATE TABLE post (id bigint PRIMARY KEY, author bigint);
CREATE INDEX post_author ON post (author);
---
ALTER TABLE post ADD CONSTRAINT post_author_fkey FOREIGN KEY (author) REFERENCES author NOT VALID;
---
ALTER TABLE post VALIDATE CONSTRAINT post_author_fkey;
==== an index takes the place of another
CREATE TABLE post (id int, author int, at date);
CREATE INDEX post_author ON post (author);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY post_author_at ON post (author, at);
DROP INDEX CONCURRENTLY post_author;
==== an index is built anew under its own name
CREATE TABLE post (id int, author int);
CREATE INDEX post_author ON post (author);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY post_author_new ON post (author);
DROP INDEX CONCURRENTLY post_author;
ALTER INDEX post_author_new RENAME TO post_author;
==== a label is added long before its use
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE post (id int, mood mood);
---
ALTER TYPE mood ADD VALUE 'fine' AFTER 'ok';
==== born and changed at will in one change
CREATE TABLE author (id int PRIMARY KEY);
---
CREATE TABLE draft (id int, author int, title varchar(10));
INSERT INTO draft VALUES (1, 1, 'x');
ALTER TABLE draft ADD COLUMN note text NOT NULL DEFAULT '';
ALTER TABLE draft ALTER title TYPE text;
ALTER TABLE draft ALTER id TYPE bigint;
ALTER TABLE draft ADD PRIMARY KEY (id);
ALTER TABLE draft ADD CHECK (id > 0);
ALTER TABLE draft ALTER author SET NOT NULL;
ALTER TABLE draft RENAME title TO headline;
ALTER TABLE draft DROP COLUMN note;
UPDATE draft SET headline = 'y';
DELETE FROM draft;
CREATE INDEX ON draft (author);
ALTER TABLE draft RENAME TO sketch;
DROP TABLE sketch;
==== added and dropped in one change
CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN a int;
---
ALTER TABLE post RENAME a TO b;
---
ALTER TABLE post DROP COLUMN b;
==== a check is loosened
CREATE TABLE post (id int, n int CONSTRAINT small CHECK (n < 10));
---
ALTER TABLE post DROP CONSTRAINT small;
ALTER TABLE post ADD CONSTRAINT small CHECK (n < 100) NOT VALID;
---
ALTER TABLE post VALIDATE CONSTRAINT small;
==== a unique index becomes the primary key
CREATE TABLE post (id int NOT NULL);
---
-- dbtools: no-transaction
CREATE UNIQUE INDEX CONCURRENTLY post_pkey ON post (id);
---
ALTER TABLE post ADD CONSTRAINT post_pkey PRIMARY KEY USING INDEX post_pkey;
==== free changes of type
CREATE TABLE post (a varchar(10), b numeric(8, 2), c timestamp(3), d varbit(8), e cidr);
---
ALTER TABLE post ALTER a TYPE varchar(20), ALTER b TYPE numeric(12, 2), ALTER c TYPE timestamp, ALTER d TYPE varbit, ALTER e TYPE inet;
==== a stable default costs nothing
CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN at timestamptz NOT NULL DEFAULT now();
ALTER TABLE post ADD COLUMN by text NOT NULL DEFAULT current_user;
ALTER TABLE post ADD COLUMN d date DEFAULT CURRENT_DATE;
==== a nullable reference
CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN author int REFERENCES author;
==== a virtual column [18]
CREATE TABLE post (id int, price int);
---
ALTER TABLE post ADD COLUMN total int GENERATED ALWAYS AS (price * 2) VIRTUAL;
==== NOT NULL in two steps [18]
CREATE TABLE post (id int, price int);
---
ALTER TABLE post ADD CONSTRAINT priced NOT NULL price NOT VALID;
---
ALTER TABLE post VALIDATE CONSTRAINT priced;
