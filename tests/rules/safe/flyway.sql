==== V1 with tables and seeds
CREATE TABLE country (code char(2) PRIMARY KEY, name varchar(60) NOT NULL);
CREATE TABLE city (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, country char(2) NOT NULL REFERENCES country, name text NOT NULL);
CREATE INDEX city_country ON city (country);
INSERT INTO country (code, name) VALUES ('vn', 'Viet Nam'), ('fr', 'France');
INSERT INTO city (country, name) SELECT code, 'Capital of ' || name FROM country;
UPDATE city SET name = 'Ha Noi' WHERE country = 'vn';
UPDATE city SET name = upper(name);
DELETE FROM city;
==== seeds with conflict handling
CREATE TABLE setting (key text PRIMARY KEY, value text NOT NULL);
---
INSERT INTO setting (key, value) VALUES ('a', '1') ON CONFLICT (key) DO UPDATE SET value = excluded.value;
INSERT INTO setting VALUES ('b', '2') ON CONFLICT DO NOTHING;
==== one row is mended
CREATE TABLE setting (key text PRIMARY KEY, value text NOT NULL);
---
UPDATE setting SET value = '3' WHERE key = 'a';
DELETE FROM setting WHERE key IN ('x', 'y');
==== a repeatable view
CREATE TABLE city (id int, name text);
CREATE VIEW cities AS SELECT id FROM city;
---
DROP VIEW IF EXISTS cities;
CREATE VIEW cities AS SELECT name, id FROM city;
==== a view of views, recreated from the top
CREATE TABLE city (id int, name varchar(10));
CREATE VIEW a AS SELECT id, name FROM city;
CREATE VIEW b AS SELECT name FROM a;
---
DROP VIEW b;
DROP VIEW a;
ALTER TABLE city ALTER name TYPE text;
CREATE VIEW a AS SELECT id, name FROM city;
CREATE VIEW b AS SELECT name FROM a;
==== both views in one DROP
CREATE TABLE city (id int, name varchar(10));
CREATE VIEW a AS SELECT id, name FROM city;
CREATE VIEW b AS SELECT name FROM a;
---
DROP VIEW a, b;
==== a temporary table
CREATE TABLE city (id int, name text);
---
CREATE TEMPORARY TABLE renamed (id int, name text);
INSERT INTO renamed VALUES (1, 'Hue');
CREATE INDEX ON renamed (id);
UPDATE city SET name = r.name FROM renamed r WHERE r.id = city.id;
UPDATE renamed SET name = upper(name);
DROP TABLE renamed;
==== a temporary table made by a query
CREATE TABLE city (id int, name text);
---
CREATE TEMP TABLE kept AS SELECT id FROM city WHERE name <> '';
DELETE FROM city c USING kept k WHERE c.id = k.id AND c.name = 'x';
ALTER TABLE kept ADD COLUMN seen boolean;
DROP TABLE IF EXISTS kept;
==== another schema by the search path
CREATE SCHEMA app;
CREATE TABLE app.item (id int PRIMARY KEY);
---
SET search_path TO app, public;
ALTER TABLE item ADD COLUMN name text;
CREATE TABLE tag (id int PRIMARY KEY, item int REFERENCES item);
CREATE INDEX tag_item ON tag (item);
==== the second schema of the search path holds it
CREATE SCHEMA app;
CREATE TABLE item (id int PRIMARY KEY);
CREATE TYPE mood AS ENUM ('sad');
---
SET search_path TO app, public;
ALTER TABLE item ADD COLUMN name text;
CREATE TABLE tag (id int PRIMARY KEY, mood mood);
COMMENT ON COLUMN item.name IS 'shown';
==== the same table name in two schemas
CREATE SCHEMA app;
CREATE TABLE app.item (id int PRIMARY KEY);
---
CREATE TABLE item (id int PRIMARY KEY, code text);
CREATE INDEX item_code ON item (code);
CREATE TABLE app.item_tag (item int REFERENCES app.item, tag text, PRIMARY KEY (item, tag));
==== the same index and constraint name in two schemas
CREATE SCHEMA app;
CREATE TABLE app.item (id int CONSTRAINT item_key PRIMARY KEY);
CREATE INDEX by_id ON app.item (id);
---
CREATE TABLE item (id int CONSTRAINT item_key PRIMARY KEY, code text);
CREATE INDEX by_id ON item (code);
==== the same check name on two tables
CREATE TABLE a (n int CONSTRAINT positive CHECK (n > 0));
---
CREATE TABLE b (n int CONSTRAINT positive CHECK (n > 0));
==== a unique constraint takes over an index
CREATE TABLE item (id int NOT NULL, code text);
---
-- dbtools: no-transaction
CREATE UNIQUE INDEX CONCURRENTLY item_code_key ON item (code);
---
ALTER TABLE item ADD CONSTRAINT item_code_key UNIQUE USING INDEX item_code_key;
==== a domain
CREATE DOMAIN code AS varchar(10) CHECK (VALUE ~ '^[A-Z]+$');
CREATE TABLE item (id int PRIMARY KEY, code code NOT NULL DEFAULT 'ABC');
==== a composite type and a range type
CREATE TYPE point3 AS (x int, y int, z int);
CREATE TYPE floatrange AS RANGE (subtype = float8);
CREATE TABLE place (id int PRIMARY KEY, at point3, reach floatrange);
==== a table as a type
CREATE TABLE item (id int);
CREATE TABLE log (before item, after item);
==== a table like another
CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL);
---
CREATE TABLE item_old (LIKE item INCLUDING ALL);
CREATE TABLE item_copy AS SELECT * FROM item WHERE false;
ALTER TABLE item_copy ADD COLUMN kept_at timestamptz;
==== names in upper case fold
CREATE TABLE Item (Id int, Name text);
---
ALTER TABLE ITEM ADD COLUMN Code text;
COMMENT ON COLUMN item.CODE IS 'x';
==== both cases of a quoted name
CREATE TABLE "Item" (id int);
---
CREATE TABLE item (id int);
CREATE TABLE "ITEM" (id int);
==== column default from a sequence in another schema
CREATE SCHEMA app;
CREATE SEQUENCE app.numbers;
CREATE TABLE item (id bigint DEFAULT nextval('app.numbers') PRIMARY KEY);
