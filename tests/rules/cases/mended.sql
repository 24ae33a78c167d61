CREATE TABLE post (at timestamptz);
---
CREATE INDEX CONCURRENTLY i ON post ((at::date)); -- expect: concurrently-in-transaction, index-not-immutable
