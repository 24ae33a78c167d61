-- What is made of a partitioned table, attached to it and taken off.
CREATE TABLE log (at date, id int) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX log_id ON log (id);
CREATE TABLE event (at date, id int) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_other PARTITION OF event DEFAULT;
CREATE TABLE old_log (at date, id int);
CREATE TABLE older_log (at date, id int CHECK (id > 0));
---
CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01'); -- expect: partition-of-locks-parent
CREATE TABLE log_2026 (LIKE log);
ALTER TABLE log ATTACH PARTITION log_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
ALTER TABLE log ATTACH PARTITION old_log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); -- expect: attach-partition-scan, multi-table-exclusive-lock
ALTER TABLE log ATTACH PARTITION older_log FOR VALUES FROM ('2010-01-01') TO ('2011-01-01'); -- expect: attach-partition-scan
ALTER TABLE log DETACH PARTITION log_2024; -- expect: detach-partition-blocks
DROP INDEX log_id; -- expect: drop-index-blocks
---
CREATE TABLE event_2026 (LIKE event);
ALTER TABLE event ATTACH PARTITION event_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01'); -- expect: attach-partition-scan
---
CREATE INDEX CONCURRENTLY event_id ON event (id); -- expect: concurrently-in-transaction, concurrently-on-partitioned
---
-- dbtools: no-transaction
ALTER TABLE event DETACH PARTITION event_2024 CONCURRENTLY; -- expect: concurrently-on-partitioned
CREATE INDEX CONCURRENTLY event_at ON event (at); -- expect: concurrently-on-partitioned
CREATE INDEX CONCURRENTLY ON event_other (id); -- expect: duplicate-index
