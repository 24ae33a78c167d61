-- PostgreSQL 18: NOT NULL can be added NOT VALID, and a generated column need not be stored.
CREATE TABLE post (id int, price int);
---
ALTER TABLE post ADD COLUMN total int GENERATED ALWAYS AS (price * 2) VIRTUAL;
ALTER TABLE post ADD CONSTRAINT priced NOT NULL price NOT VALID;
---
ALTER TABLE post VALIDATE CONSTRAINT priced;
ALTER TABLE post ADD CONSTRAINT numbered NOT NULL id; -- expect: full-scan-exclusive
