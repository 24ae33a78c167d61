-- A label that the transaction has added is used: each way, and the ways that only look like it.
CREATE TYPE state AS ENUM ('open');
CREATE TYPE kind AS ENUM ('big');
CREATE TABLE task (id int PRIMARY KEY, state state, kind kind, note text);
---
ALTER TYPE state ADD VALUE 'closed';
UPDATE task SET state = 'closed' WHERE id = 1; -- expect: enum-value-used-in-same-transaction
UPDATE task SET note = 'closed' WHERE id = 1;
UPDATE task SET note = 'x' WHERE state = 'closed'; -- expect: enum-value-used-in-same-transaction
DELETE FROM task WHERE state IN ('open', 'closed'); -- expect: enum-value-used-in-same-transaction
DELETE FROM task WHERE note IN ('open', 'closed');
INSERT INTO task VALUES (1, 'open', 'big', 'closed');
INSERT INTO task VALUES (2, 'open', 'big', ''), (1, 'closed', 'big', ''); -- expect: enum-value-used-in-same-transaction
INSERT INTO task (note, state) VALUES ('closed', 'open');
INSERT INTO task (note, state) SELECT '', 'closed'; -- expect: enum-value-used-in-same-transaction
SELECT 'closed'::state; -- expect: enum-value-used-in-same-transaction
SELECT 'closed'::text;
CREATE TABLE done (state state DEFAULT 'closed'); -- expect: enum-value-used-in-same-transaction
CREATE TABLE also (state state CHECK (state <> 'closed')); -- expect: enum-value-used-in-same-transaction
CREATE INDEX ON also (state) WHERE state = 'closed'; -- expect: enum-value-used-in-same-transaction
---
-- Once it is committed it may be used.
UPDATE task SET state = 'closed' WHERE id = 1;
ALTER TABLE task ALTER state SET DEFAULT 'closed'; -- expect: ddl-and-backfill-same-transaction
---
-- An enum as new as its label: 18 allows it.
CREATE TYPE size AS ENUM ('small');
ALTER TYPE size ADD VALUE 'large';
CREATE TABLE box (size size DEFAULT 'large');
