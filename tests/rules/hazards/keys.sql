==== text to uuid
CREATE TABLE author (id uuid PRIMARY KEY);
CREATE TABLE post (author text);
---
ALTER TABLE post ADD CONSTRAINT fk FOREIGN KEY (author) REFERENCES author NOT VALID; -- expect: fk-type-mismatch
==== int to text in a new table
CREATE TABLE author (id text PRIMARY KEY);
---
CREATE TABLE post (id int, author int REFERENCES author); -- expect: fk-type-mismatch
==== uuid to bigint in a new column
CREATE TABLE author (id bigint PRIMARY KEY);
CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN author uuid REFERENCES author; -- expect: fk-type-mismatch
==== one of two columns
CREATE TABLE a (x int, y text, PRIMARY KEY (x, y));
---
CREATE TABLE b (x int, y int, FOREIGN KEY (x, y) REFERENCES a); -- expect: fk-type-mismatch
==== an enum to text
CREATE TYPE mood AS ENUM ('sad');
CREATE TABLE a (m text PRIMARY KEY);
---
CREATE TABLE b (m mood REFERENCES a); -- expect: fk-type-mismatch
==== a table to itself
CREATE TABLE node (id uuid PRIMARY KEY, parent text REFERENCES node); -- expect: fk-type-mismatch
==== a domain over the wrong base
CREATE DOMAIN code AS text;
CREATE TABLE a (id int PRIMARY KEY);
---
CREATE TABLE b (a code REFERENCES a); -- expect: fk-type-mismatch
==== the key's type moves away from its columns
CREATE TABLE author (id varchar PRIMARY KEY);
CREATE TABLE post (author varchar REFERENCES author);
---
ALTER TABLE author ALTER id TYPE uuid USING id::uuid; -- expect: fk-type-mismatch, table-rewrite, drop-fk-locks-both-tables, type-narrowing
==== int refers to bigint
CREATE TABLE author (id bigint PRIMARY KEY);
CREATE TABLE post (id int, author int REFERENCES author); -- expect: fk-type-mismatch
==== char refers to text
CREATE TABLE country (code text PRIMARY KEY);
CREATE TABLE city (id int, country char(2) REFERENCES country); -- expect: fk-type-mismatch
==== int refers to numeric
CREATE TABLE a (id numeric PRIMARY KEY);
CREATE TABLE b (id int, a int REFERENCES a); -- expect: fk-type-mismatch
==== bigint refers to int
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int, a bigint REFERENCES a); -- expect: fk-type-mismatch
==== dropped and added again in one transaction, as generators do
CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (author int CONSTRAINT post_author_fkey REFERENCES author);
---
ALTER TABLE post DROP CONSTRAINT post_author_fkey; -- expect: drop-fk-locks-both-tables
ALTER TABLE post ADD CONSTRAINT post_author_fkey FOREIGN KEY (author) REFERENCES author ON DELETE CASCADE; -- expect: fk-scan-blocks-writes
