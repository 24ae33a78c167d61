==== a partitioned table with its partitions
CREATE TABLE log (id bigint NOT NULL, at date NOT NULL, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE log_default PARTITION OF log DEFAULT;
CREATE INDEX log_note ON log (note);
==== an index, one partition after the other
CREATE TABLE log (id bigint NOT NULL, at date NOT NULL, note text) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
---
CREATE INDEX log_note ON ONLY log (note);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY log_2024_note ON log_2024 (note);
---
ALTER INDEX log_note ATTACH PARTITION log_2024_note;
==== an old partition goes
CREATE TABLE log (id bigint, at date) PARTITION BY RANGE (at);
CREATE TABLE log_2020 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
---
-- dbtools: no-transaction
ALTER TABLE log DETACH PARTITION log_2020 CONCURRENTLY;
==== a list of partitions by hand
CREATE TABLE sale (region text, n int) PARTITION BY LIST (region);
CREATE TABLE sale_eu PARTITION OF sale FOR VALUES IN ('de', 'fr');
CREATE TABLE sale_as PARTITION OF sale FOR VALUES IN ('vn', 'jp');
==== hash partitions
CREATE TABLE hit (id bigint PRIMARY KEY) PARTITION BY HASH (id);
CREATE TABLE hit_0 PARTITION OF hit FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE hit_1 PARTITION OF hit FOR VALUES WITH (MODULUS 2, REMAINDER 1);
==== sub-partitions
CREATE TABLE log (at date, region text) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (region);
CREATE TABLE log_2024_eu PARTITION OF log_2024 FOR VALUES IN ('eu');
CREATE UNIQUE INDEX ON log (at, region);
==== an empty table is attached
CREATE TABLE log (id bigint, at date) PARTITION BY RANGE (at);
---
CREATE TABLE log_2030 (id bigint, at date, CHECK (at >= '2030-01-01' AND at < '2031-01-01' AND at IS NOT NULL));
==== a column is added to all of them
CREATE TABLE log (id bigint, at date) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
---
ALTER TABLE log ADD COLUMN note text;
ALTER TABLE log ALTER note SET DEFAULT '';
COMMENT ON COLUMN log_2024.note IS 'x';
==== inheritance
CREATE TABLE animal (id int, name text);
CREATE TABLE cat (lives int) INHERITS (animal);
---
ALTER TABLE animal ADD COLUMN born date;
ALTER TABLE cat ALTER lives SET DEFAULT 9;
ALTER TABLE cat ADD COLUMN color text;
