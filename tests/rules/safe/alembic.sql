==== upgrade --sql from base
BEGIN;

CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> 1a2b

CREATE TYPE status AS ENUM ('new', 'done');

CREATE TABLE task (
    id SERIAL NOT NULL,
    status status NOT NULL,
    payload JSONB DEFAULT '{}' NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_task_status ON task (status);

INSERT INTO alembic_version (version_num) VALUES ('1a2b') RETURNING alembic_version.version_num;

COMMIT;
==== the version is updated
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
CREATE TABLE task (id serial PRIMARY KEY);
---
BEGIN;
ALTER TABLE task ADD COLUMN note TEXT;
UPDATE alembic_version SET version_num='2b3c' WHERE alembic_version.version_num = '1a2b';
COMMIT;
==== an autocommit block
CREATE TABLE task (id serial PRIMARY KEY, note text);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY ix_task_note ON task (note);
==== server_default with text
CREATE TABLE task (id serial PRIMARY KEY);
---
ALTER TABLE task ADD COLUMN state VARCHAR(10) DEFAULT 'new' NOT NULL;
ALTER TABLE task ADD COLUMN done BOOLEAN DEFAULT false NOT NULL;
ALTER TABLE task ADD COLUMN at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL;
==== alter type in an autocommit block
CREATE TYPE status AS ENUM ('new');
---
-- dbtools: no-transaction
ALTER TYPE status ADD VALUE IF NOT EXISTS 'done';
==== a table under its schema
CREATE SCHEMA IF NOT EXISTS audit;
CREATE TABLE audit.entry (id BIGSERIAL NOT NULL, at TIMESTAMP WITHOUT TIME ZONE DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (id));
CREATE INDEX ix_audit_entry_at ON audit.entry (at);
==== a key is dropped and made anew without reading a row
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (a_id int CONSTRAINT b_a_id_fkey REFERENCES a (id));
---
SET lock_timeout = '2s';
ALTER TABLE b DROP CONSTRAINT b_a_id_fkey;
ALTER TABLE b ADD CONSTRAINT b_a_id_fkey FOREIGN KEY (a_id) REFERENCES a (id) ON DELETE CASCADE NOT VALID;
---
ALTER TABLE b VALIDATE CONSTRAINT b_a_id_fkey;
