-- What is done to a partitioned table is done to its partitions.
CREATE TABLE log (id int NOT NULL, at date NOT NULL, note text) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE log_other PARTITION OF log DEFAULT;
CREATE TABLE log_2026 (id int NOT NULL, at date NOT NULL, note text);
CREATE TABLE log_2027 (id int NOT NULL, at date NOT NULL, note text);
---
CREATE INDEX ON log (id); -- expect: index-blocks-writes
CREATE INDEX by_note ON ONLY log (note);
ALTER TABLE log ALTER note SET NOT NULL; -- expect: full-scan-exclusive
ALTER TABLE log ALTER id TYPE bigint; -- expect: table-rewrite
ALTER TABLE log ADD PRIMARY KEY (id, at); -- expect: unique-build-exclusive, redundant-index
-- The default partition is searched for rows that belong to the new one.
CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01'); -- expect: full-scan-exclusive, partition-of-locks-parent
CREATE INDEX ON log_2025 (id); -- expect: duplicate-index, redundant-index
