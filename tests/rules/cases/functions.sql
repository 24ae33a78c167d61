-- Functions read what their bodies name, and nothing of what another table calls the same.
CREATE TABLE person (id int);
CREATE TABLE post (id int, author int, state text, title text);
CREATE TABLE note (author int, title text);
CREATE FUNCTION authors() RETURNS SETOF int LANGUAGE sql AS 'SELECT p.id FROM person p JOIN post ON author = p.id';
CREATE FUNCTION drafts() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM post WHERE state = 'draft' $$;
---
ALTER TABLE post ALTER author TYPE text USING 'x'; -- expect: type-breaks-query, table-rewrite
ALTER TABLE note ALTER author TYPE text USING 'x'; -- expect: table-rewrite, multi-table-exclusive-lock
ALTER TABLE post ALTER state TYPE int USING 1; -- expect: type-breaks-query, table-rewrite
ALTER TABLE post ALTER title TYPE varchar;
