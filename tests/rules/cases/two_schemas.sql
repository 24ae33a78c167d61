-- Tables of the same name in two schemas are two tables.
CREATE SCHEMA shop;
CREATE TABLE shop.item (id int PRIMARY KEY, code varchar(10));
CREATE TABLE item (id int PRIMARY KEY, code text);
---
CREATE TABLE shop.box (id int);
CREATE TABLE box (id int);
DROP TABLE shop.box;
ALTER TABLE item ALTER code TYPE varchar(10); -- expect: table-rewrite, type-narrowing
ALTER TABLE shop.item ALTER code TYPE varchar(20); -- expect: multi-table-exclusive-lock
ALTER TABLE shop.box ADD COLUMN a int; -- expect: unknown-object
DROP TABLE shop.item; -- expect: drop-table
SET search_path = shop;
CREATE TABLE item (id int);
CREATE INDEX ON item (id);
CREATE INDEX ON public.item (id); -- expect: index-blocks-writes, duplicate-index
