==== the same index twice
CREATE TABLE post (id int, author int);
CREATE INDEX post_author ON post (author);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY by_author ON post (author); -- expect: duplicate-index
==== an index beside a unique constraint
CREATE TABLE person (id int, email text CONSTRAINT person_email_key UNIQUE);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY person_email ON person (email); -- expect: duplicate-index
==== an index beside the primary key
CREATE TABLE person (id int PRIMARY KEY);
CREATE INDEX person_id ON person (id); -- expect: duplicate-index
==== a unique index beside a unique constraint
CREATE TABLE person (id int, a int, b int, UNIQUE (a, b));
---
-- dbtools: no-transaction
CREATE UNIQUE INDEX CONCURRENTLY person_a_b ON person (a, b); -- expect: duplicate-index
==== a unique constraint beside a unique index
CREATE TABLE person (id int, email text);
CREATE UNIQUE INDEX person_email ON person (email);
---
ALTER TABLE person ADD CONSTRAINT person_email_key UNIQUE (email); -- expect: duplicate-index, unique-build-exclusive
==== the same expression and predicate
CREATE TABLE person (id int, email text, gone bool);
CREATE INDEX a ON person (lower(email)) WHERE NOT gone;
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY b ON person (LOWER(email)) WHERE NOT gone; -- expect: duplicate-index
==== the same gin index
CREATE TABLE doc (id int, body jsonb);
CREATE INDEX a ON doc USING gin (body);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY b ON doc USING gin (body); -- expect: duplicate-index
==== the beginning of another
CREATE TABLE post (id int, author int, at date);
CREATE INDEX a ON post (author, at);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY b ON post (author); -- expect: redundant-index
==== the beginning of the primary key
CREATE TABLE tagged (post int, tag int, PRIMARY KEY (post, tag));
CREATE INDEX tagged_post ON tagged (post); -- expect: redundant-index
==== a longer one comes
CREATE TABLE post (id int, author int, at date);
CREATE INDEX a ON post (author);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY b ON post (author, at); -- expect: redundant-index
==== a retry keeps the invalid index
CREATE TABLE post (id int, author int);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS post_author ON post (author); -- expect: invalid-index-on-retry
==== a retry, after another index was dropped
CREATE TABLE post (id int, author int);
CREATE INDEX post_old ON post (id);
---
-- dbtools: no-transaction
DROP INDEX CONCURRENTLY IF EXISTS post_old;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS post_author ON post (author); -- expect: invalid-index-on-retry
==== a key without an index
CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (id int, author int REFERENCES author); -- expect: fk-without-index
==== a key whose column comes second
CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (at date, author int REFERENCES author, PRIMARY KEY (at, author)); -- expect: fk-without-index
==== a key with an index on some rows only
CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (gone bool, author int REFERENCES author); -- expect: fk-without-index
CREATE INDEX ON post (author) WHERE NOT gone;
==== a key of two columns, of which one is indexed
CREATE TABLE a (x int, y int, PRIMARY KEY (x, y));
CREATE TABLE b (x int, y int, FOREIGN KEY (x, y) REFERENCES a); -- expect: fk-without-index
CREATE INDEX ON b (x);
==== json
CREATE TABLE post (id int, meta json); -- expect: json-not-jsonb
==== json in a new column
CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN meta json DEFAULT '{}'; -- expect: json-not-jsonb
==== an index on json
CREATE TABLE post (id int, meta json); -- expect: json-not-jsonb
CREATE INDEX ON post (meta); -- expect: unknown-object
==== an index that moves
CREATE TABLE log (id int, at timestamptz);
---
CREATE INDEX recent ON log (at) WHERE at > now(); -- expect: index-not-immutable, index-blocks-writes
==== a date of a timestamptz
CREATE TABLE log (id int, at timestamptz);
CREATE INDEX daily ON log ((at::date)); -- expect: index-not-immutable
==== concat is not immutable
CREATE TABLE person (a text, b text);
CREATE INDEX names ON person (concat(a, b)); -- expect: index-not-immutable
==== row security without a policy
CREATE TABLE post (id int);
---
ALTER TABLE post ENABLE ROW LEVEL SECURITY; -- expect: rls-without-policy
==== a policy without row security
CREATE TABLE post (id int);
---
CREATE POLICY mine ON post USING (id > 0); -- expect: rls-without-policy
==== a policy on the wrong one of two tables
CREATE TABLE post (id int);
CREATE TABLE note (id int);
---
ALTER TABLE post ENABLE ROW LEVEL SECURITY; -- expect: rls-without-policy
CREATE POLICY mine ON note USING (id > 0); -- expect: rls-without-policy
==== the last policy goes
CREATE TABLE post (id int);
ALTER TABLE post ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON post USING (id > 0);
---
DROP POLICY mine ON post; -- expect: rls-without-policy
==== row security goes, the policies stay
CREATE TABLE post (id int);
ALTER TABLE post ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON post USING (id > 0);
---
ALTER TABLE post DISABLE ROW LEVEL SECURITY; -- expect: rls-without-policy
