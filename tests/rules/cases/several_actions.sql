-- Each action of an ALTER TABLE is judged at its own place, with the locks of the whole statement.
CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (id int PRIMARY KEY, author int, title varchar(50), views int, old text);
ALTER TABLE post ADD CONSTRAINT post_views CHECK (views >= 0) NOT VALID;
---
ALTER TABLE post
    ADD COLUMN a int,
    DROP COLUMN old, -- expect: drop-column
    ALTER COLUMN title TYPE varchar(80),
    ADD COLUMN b int NOT NULL DEFAULT 0;
ALTER TABLE post ALTER author SET NOT NULL -- expect: full-scan-exclusive
    , ADD UNIQUE (author); -- expect: unique-build-exclusive
-- The rewrite looks at every row anyway.
ALTER TABLE post ALTER views TYPE bigint -- expect: table-rewrite
    , ALTER views SET NOT NULL;
-- Alone it would let reads and writes through, here it does not.
ALTER TABLE post
    ADD COLUMN d int,
    VALIDATE CONSTRAINT post_views; -- expect: validate-in-same-transaction
-- The foreign key's own lock would let reads through, that of the other action does not.
ALTER TABLE post
    ADD COLUMN e int,
    ADD FOREIGN KEY (author) REFERENCES author; -- expect: full-scan-exclusive, fk-scan-blocks-writes
