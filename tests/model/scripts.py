"""Scripts of several statements in one transaction, on the table of ``shapes``; and partitions to attach."""

from __future__ import annotations

from tests.model.shapes import BESIDE, PLAIN

SCRIPTS = tuple(
    line.strip()
    for line in """
    ALTER TYPE mood ADD VALUE 'new'; CREATE TABLE n (m mood DEFAULT 'new')
    ALTER TYPE mood ADD VALUE 'new'; ALTER TABLE t ADD m mood; UPDATE t SET m = 'new'
    ALTER TYPE mood ADD VALUE 'new'; ALTER TABLE t ADD m mood; INSERT INTO t (id, e, m) VALUES (99, 1, 'new')
    ALTER TYPE mood ADD VALUE 'new'; ALTER TABLE t ADD m mood; INSERT INTO t (id, e, m) VALUES (99, 1, 'ok')
    ALTER TYPE mood ADD VALUE 'new'; ALTER TABLE t ADD m mood; UPDATE t SET b = 'new'
    ALTER TYPE mood ADD VALUE 'new'; ALTER TABLE t ADD m mood; ALTER TABLE t ADD CHECK (m <> 'new')
    ALTER TYPE mood ADD VALUE 'new'; ALTER TABLE t ADD m mood; CREATE INDEX n ON t (e) WHERE m = 'new'
    ALTER TYPE mood ADD VALUE 'new'; ALTER TABLE t ADD m mood DEFAULT 'new'
    ALTER TYPE mood ADD VALUE 'new'; ALTER TABLE t ADD m mood; ALTER TABLE t ALTER m SET DEFAULT 'new'
    CREATE TYPE m2 AS ENUM ('x'); ALTER TABLE t ADD m m2 DEFAULT 'x'; UPDATE t SET m = 'x'
    CREATE TYPE m2 AS ENUM ('x'); ALTER TYPE m2 ADD VALUE 'y'; ALTER TABLE t ADD m m2 DEFAULT 'y'
    CREATE TYPE m2 AS ENUM ('x'); ALTER TYPE m2 ADD VALUE 'y'; CREATE TABLE n (m m2); INSERT INTO n VALUES ('y')
    CREATE TYPE m2 AS ENUM ('x'); ALTER TABLE t ALTER a TYPE m2 USING 'x'::m2
    CREATE DOMAIN d AS text CHECK (VALUE <> ''); ALTER TABLE t ADD x d; ALTER DOMAIN d ADD CHECK (VALUE <> 'y')
    CREATE DOMAIN d AS text; ALTER TABLE t ADD x d; ALTER DOMAIN d ADD CONSTRAINT dc CHECK (VALUE <> 'y') NOT VALID
    CREATE DOMAIN d AS varchar(20); ALTER TABLE t ALTER b TYPE d; ALTER DOMAIN d SET NOT NULL; DROP DOMAIN d
    ALTER TABLE t ADD CONSTRAINT n CHECK (a > 0) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT n
    ALTER TABLE t ADD CONSTRAINT n CHECK (a IS NOT NULL) NOT VALID; ALTER TABLE t ALTER a SET NOT NULL
    ALTER TABLE t ADD CONSTRAINT n CHECK (a IS NOT NULL); ALTER TABLE t ALTER a SET NOT NULL; ALTER TABLE t DROP CONSTRAINT n
    ALTER TABLE t ADD n int; UPDATE t SET n = 1; ALTER TABLE t ALTER n SET NOT NULL
    ALTER TABLE t ADD n int; ALTER TABLE t ADD CONSTRAINT nf FOREIGN KEY (n) REFERENCES u NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT nf
    ALTER TABLE t ADD n int REFERENCES u; ALTER TABLE t DROP n
    ALTER TABLE t ADD n int; ALTER TABLE t RENAME n TO m; ALTER TABLE t DROP m
    ALTER TABLE t RENAME a TO aa; CREATE INDEX ON t (aa); ALTER TABLE t ALTER aa TYPE bigint
    ALTER TABLE t RENAME TO tt; ALTER TABLE tt ADD n int; CREATE INDEX ON tt (e)
    ALTER TABLE t RENAME TO tt; CREATE VIEW t AS SELECT * FROM tt
    ALTER TABLE t RENAME TO tt; ALTER TABLE t ADD n int
    CREATE INDEX n ON t (e); DROP INDEX n; CREATE INDEX n ON t (e)
    CREATE UNIQUE INDEX n ON t (e); ALTER TABLE t ADD CONSTRAINT n UNIQUE USING INDEX n
    CREATE UNIQUE INDEX n ON t (e); ALTER TABLE t ADD CONSTRAINT m UNIQUE USING INDEX n; DROP INDEX m
    CREATE UNIQUE INDEX n ON u (v); ALTER TABLE u DROP CONSTRAINT u_pkey; ALTER TABLE u ADD PRIMARY KEY USING INDEX n
    CREATE TABLE n (x int PRIMARY KEY, y int); ALTER TABLE n ADD FOREIGN KEY (y) REFERENCES t
    CREATE TABLE n (x int); INSERT INTO n SELECT id FROM u; CREATE INDEX ON n (x); ALTER TABLE n ADD z int NOT NULL
    CREATE TABLE n (x int); ALTER TABLE n ADD z int NOT NULL; ALTER TABLE n ALTER x TYPE text
    CREATE TABLE n AS SELECT id, b FROM t; ALTER TABLE n ADD PRIMARY KEY (id); ALTER TABLE n ALTER b TYPE varchar(40)
    CREATE TABLE n AS SELECT id AS x, b::text AS y, now() AS z, 1 AS one FROM t; ALTER TABLE n ALTER y TYPE varchar
    CREATE TABLE n AS SELECT * FROM u JOIN t USING (id); ALTER TABLE n ALTER b TYPE text
    CREATE TABLE n AS WITH c AS (SELECT a, d FROM t) SELECT c.a, c.d, count(*) FROM c GROUP BY 1, 2; ALTER TABLE n ALTER count TYPE int
    SELECT id, b INTO n FROM t; ALTER TABLE n ALTER id TYPE bigint; CREATE INDEX ON n (b)
    CREATE TABLE n (LIKE t); ALTER TABLE n ADD PRIMARY KEY (id); ALTER TABLE n DROP a
    CREATE TABLE n (x int) PARTITION BY LIST (x); CREATE TABLE n1 PARTITION OF n FOR VALUES IN (1); DROP TABLE n1; DROP TABLE n
    CREATE VIEW v AS SELECT a FROM t; ALTER TABLE t ALTER a TYPE bigint
    CREATE VIEW v AS SELECT a FROM t; DROP VIEW v; ALTER TABLE t ALTER a TYPE bigint
    CREATE VIEW v AS SELECT a FROM t; ALTER TABLE t DROP a CASCADE; DROP VIEW v
    CREATE VIEW v AS SELECT a FROM t; CREATE VIEW v2 AS SELECT a FROM v; DROP VIEW v; DROP TABLE t
    CREATE MATERIALIZED VIEW v AS SELECT a FROM t; CREATE UNIQUE INDEX ON v (a); REFRESH MATERIALIZED VIEW CONCURRENTLY v
    CREATE MATERIALIZED VIEW v AS SELECT a FROM t; REFRESH MATERIALIZED VIEW CONCURRENTLY v
    CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql VOLATILE AS 'begin return 1; end'; ALTER TABLE t ADD n int DEFAULT f(); DROP FUNCTION f()
    CREATE FUNCTION f(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'begin return 1; end'; CREATE INDEX ON t (f(a)); DROP FUNCTION f(int)
    CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1'; DROP FUNCTION f(); DROP FUNCTION f()
    CREATE SEQUENCE s; ALTER TABLE t ALTER a SET DEFAULT nextval('s'); DROP SEQUENCE s
    CREATE SEQUENCE s OWNED BY t.a; ALTER TABLE t DROP a
    CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION fired(); DROP FUNCTION fired()
    CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION fired(); ALTER TABLE t DISABLE TRIGGER g; DROP TRIGGER g ON t
    CREATE POLICY g ON t USING (a > 0); ALTER TABLE t ALTER a TYPE bigint
    CREATE POLICY g ON t USING (a > 0); DROP POLICY g ON t; ALTER TABLE t DROP a
    SET timezone = 'UTC'; ALTER TABLE t ALTER c TYPE timestamptz
    SET timezone = 'Asia/Ho_Chi_Minh'; ALTER TABLE t ALTER c TYPE timestamptz
    SET LOCAL timezone = 'Europe/Berlin'; ALTER TABLE t ALTER c TYPE timestamptz
    ALTER TABLE t ALTER c TYPE timestamptz; ALTER TABLE t ALTER c TYPE timestamp; ALTER TABLE t ALTER c TYPE timestamp(3)
    ALTER TABLE t SET UNLOGGED; ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u; ALTER TABLE t SET LOGGED
    ALTER TABLE t SET UNLOGGED; ALTER TABLE u ADD FOREIGN KEY (v) REFERENCES t
    TRUNCATE t; ALTER TABLE t ADD n int NOT NULL
    DELETE FROM t; ALTER TABLE t DROP b
    DROP TABLE t; CREATE TABLE t (x int); ALTER TABLE t ADD y int NOT NULL; CREATE INDEX t_a ON t (x)
    CREATE SCHEMA other; ALTER TABLE t SET SCHEMA other; ALTER TABLE other.t ADD n int; ALTER TABLE t ADD n int
    CREATE SCHEMA other; CREATE TABLE other.u (LIKE u); ALTER TABLE u SET SCHEMA other
    CREATE TABLE nowhere.n (x int)
    ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES u; ALTER TABLE t DROP CONSTRAINT k; DROP TABLE u
    ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES u; ALTER TABLE u ALTER id TYPE bigint; ALTER TABLE t ALTER a TYPE bigint
    ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES u; TRUNCATE u; ALTER TABLE t DROP a
    ALTER TABLE t ALTER a TYPE bigint; ALTER TABLE t ALTER a TYPE bigint; ALTER TABLE t ALTER a TYPE int
    ALTER TABLE t ADD g int GENERATED ALWAYS AS (a + 1) STORED; ALTER TABLE t ALTER a TYPE bigint
    ALTER TABLE t ADD g int GENERATED ALWAYS AS (a + 1) STORED; ALTER TABLE t DROP g; ALTER TABLE t ALTER a TYPE bigint
    ALTER TABLE t ALTER a SET NOT NULL; ALTER TABLE t ALTER a ADD GENERATED BY DEFAULT AS IDENTITY; ALTER TABLE t ALTER a DROP NOT NULL
    ALTER TABLE t ALTER a SET NOT NULL; ALTER TABLE t ADD CONSTRAINT n UNIQUE (a); ALTER TABLE t DROP CONSTRAINT t_pkey; ALTER TABLE t ADD PRIMARY KEY (a)
    LOCK TABLE t; ALTER TABLE t ADD n int; CREATE INDEX ON t (n)
    COMMENT ON TABLE t IS 'x'; ALTER TABLE t ADD n int
    INSERT INTO t (id, e) VALUES (99, 1); ALTER TABLE t ADD n int
    INSERT INTO t (id, e) VALUES (99, 1); CREATE INDEX ON t (e)
    INSERT INTO t (id, e) VALUES (99, 1); TRUNCATE t
    INSERT INTO t (id, e) VALUES (99, 1); ALTER TABLE t RENAME e TO ee
    INSERT INTO t (id, a, e) SELECT 99, 1, 1; DROP TABLE t
    UPDATE t SET b = 'x'; ALTER TABLE t ALTER b SET NOT NULL
    UPDATE t SET a = 2; ALTER TABLE t ALTER a SET NOT NULL
    DELETE FROM u WHERE id = 77; ALTER TABLE u ADD n int
    DO $$ BEGIN ALTER TABLE t ADD n int; END $$; ALTER TABLE t DROP n
    """.strip().splitlines()
    if line.strip()
)  # fmt: skip
ON_SHAPES = (
    "plain", "index on a", "partial index", "unique constraint", "key to u", "key deferred", "key from w", "check", "check not null",
    "view", "serial", "identity", "parent", "by range", "by range, default", "by range, indexed", "by two levels",
)  # fmt: skip

_KEYED = f"{BESIDE} CREATE TABLE t (id int NOT NULL, a int, b text, c timestamp, e date NOT NULL)"
_MORE = "CREATE TABLE n (id int NOT NULL, a int, b text, c timestamp, e date NOT NULL);"
_RANGE = f"{_KEYED} PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (100); {_MORE}"
_ROWS = "INSERT INTO n SELECT g, g, 'x', '2024-01-01', '2024-01-01' FROM generate_series(100, 150) g;"
_ATTACH = "ALTER TABLE t ATTACH PARTITION n FOR VALUES FROM (100) TO (200)"
_CHECK = "ALTER TABLE n ADD CONSTRAINT n_ck CHECK"
CHECKS = (
    "id >= 100 AND id < 200", "id >= 100 AND id <= 199", "id BETWEEN 100 AND 199", "id > 99 AND id < 200", "id >= 100",
    "id IN (100, 101) OR id > 0", "200 > id AND 100 <= id", "id > 0", "a >= 100 AND a < 200",
    "(id >= 100) AND ((id < 200) AND (a > 0))", "NOT (id < 100 OR id >= 200)", "id >= 100::bigint AND id < 200",
    "id >= 100.0 AND id < 200", "id + 0 >= 100 AND id < 200", "id >= 99 AND id >= 100 AND id < 300 AND id < 200",
    "id IS NOT NULL AND id >= 100 AND id < 200", "id >= 100 AND id < 200 AND b <> ''",
)  # fmt: skip
ATTACHED: dict[str, tuple[str, str]] = {
    **{f"range, {check}": (f"{_RANGE} {_ROWS} {_CHECK} ({check}) NOT VALID; ALTER TABLE n VALIDATE CONSTRAINT n_ck;", _ATTACH)
       for check in CHECKS},
    "range, not valid": (f"{_RANGE} {_ROWS} {_CHECK} (id >= 100 AND id < 200) NOT VALID;", _ATTACH),
    "range, no check": (f"{_RANGE} {_ROWS}", _ATTACH),
    "range, open": (f"{_RANGE} {_CHECK} (id >= 100);", "ALTER TABLE t ATTACH PARTITION n FOR VALUES FROM (100) TO (MAXVALUE)"),
    "range, overlapping": (_RANGE, "ALTER TABLE t ATTACH PARTITION n FOR VALUES FROM (50) TO (200)"),
    "range, default": (f"{_RANGE} {_ROWS}", "ALTER TABLE t ATTACH PARTITION n DEFAULT"),
    "range, with a default": (f"{_RANGE} CREATE TABLE td PARTITION OF t DEFAULT;", _ATTACH),
    "range, with a checked default": (
        f"{_RANGE} CREATE TABLE td PARTITION OF t DEFAULT; ALTER TABLE td ADD CHECK (id >= 200);", _ATTACH),
    "range, with an unhelpful default": (
        f"{_RANGE} CREATE TABLE td PARTITION OF t DEFAULT; ALTER TABLE td ADD CHECK (id >= 150);", _ATTACH),
    "range, made beside a checked default": (
        f"{_RANGE} CREATE TABLE td PARTITION OF t DEFAULT; ALTER TABLE td ADD CHECK (id >= 200 AND id IS NOT NULL);",
        "CREATE TABLE m PARTITION OF t FOR VALUES FROM (100) TO (200)"),
    "range, indexed parent": (f"{_RANGE} {_ROWS} CREATE INDEX t_a ON t (a);", _ATTACH),
    "range, indexed both": (f"{_RANGE} {_ROWS} CREATE INDEX t_a ON t (a); CREATE INDEX n_a ON n (a);", _ATTACH),
    "range, keyed parent": (f"{_RANGE} {_ROWS} ALTER TABLE t ADD PRIMARY KEY (id);", _ATTACH),
    "range, keyed both": (f"{_RANGE} {_ROWS} ALTER TABLE t ADD PRIMARY KEY (id); ALTER TABLE n ADD PRIMARY KEY (id);", _ATTACH),
    "range, foreign key": (f"{_RANGE} ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u;", _ATTACH),
    "range, foreign key on both": (
        f"{_RANGE} ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u; ALTER TABLE n ADD FOREIGN KEY (a) REFERENCES u;", _ATTACH),
    "range, check on parent": (f"{_RANGE} ALTER TABLE t ADD CONSTRAINT tc CHECK (a > 0);", _ATTACH),
    "range, check on both": (
        f"{_RANGE} ALTER TABLE t ADD CONSTRAINT tc CHECK (a > 0); ALTER TABLE n ADD CONSTRAINT tc CHECK (a > 0);", _ATTACH),
    "range, a column too few": (f"{_RANGE} ALTER TABLE n DROP b;", _ATTACH),
    "range, a column too many": (f"{_RANGE} ALTER TABLE n ADD z int;", _ATTACH),
    "range, another type": (f"{_RANGE} ALTER TABLE n ALTER b TYPE varchar;", _ATTACH),
    "range, nullable": (f"{_RANGE} ALTER TABLE n ALTER id DROP NOT NULL;", _ATTACH),
    "range, already one": (f"{_RANGE} ", "ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (100) TO (200)"),
    "range, not partitioned": (PLAIN, "ALTER TABLE t ATTACH PARTITION u FOR VALUES FROM (100) TO (200)"),
    "range, referenced": (
        f"{_RANGE} ALTER TABLE t ADD PRIMARY KEY (id); CREATE TABLE w (x int REFERENCES t);", _ATTACH),
    "nullable range": (
        f"{_KEYED} PARTITION BY RANGE (a); {_MORE} {_CHECK} (a >= 100 AND a < 200);", _ATTACH),
    "nullable range, not null": (
        f"{_KEYED} PARTITION BY RANGE (a); {_MORE} {_CHECK} (a IS NOT NULL AND a >= 100 AND a < 200);", _ATTACH),
    "moments": (
        f"{_KEYED} PARTITION BY RANGE (e); {_MORE} {_CHECK} (e >= '2024-01-01' AND e < '2024-02-01');",
        "ALTER TABLE t ATTACH PARTITION n FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')"),
    "moments, cast": (
        f"{_KEYED} PARTITION BY RANGE (e); {_MORE} {_CHECK} (e >= DATE '2024-01-01' AND e < '2024-02-01'::date);",
        "ALTER TABLE t ATTACH PARTITION n FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')"),
    "moments, wider": (
        f"{_KEYED} PARTITION BY RANGE (e); {_MORE} {_CHECK} (e >= '2023-12-01' AND e < '2024-02-01');",
        "ALTER TABLE t ATTACH PARTITION n FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')"),
    "timestamps": (
        f"{_KEYED} PARTITION BY RANGE (c); {_MORE} "
        f"{_CHECK} (c IS NOT NULL AND c >= '2024-01-01' AND c < '2024-02-01 00:00:00');",
        "ALTER TABLE t ATTACH PARTITION n FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')"),
    "list": (f"{_KEYED} PARTITION BY LIST (id); {_MORE} {_CHECK} (id IN (1, 2));",
             "ALTER TABLE t ATTACH PARTITION n FOR VALUES IN (1, 2, 3)"),
    "list, one": (f"{_KEYED} PARTITION BY LIST (id); {_MORE} {_CHECK} (id = 1);",
                  "ALTER TABLE t ATTACH PARTITION n FOR VALUES IN (1)"),
    "list, too many": (f"{_KEYED} PARTITION BY LIST (id); {_MORE} {_CHECK} (id IN (1, 2, 4));",
                       "ALTER TABLE t ATTACH PARTITION n FOR VALUES IN (1, 2, 3)"),
    "list of texts": (f"{_KEYED} PARTITION BY LIST (b); {_MORE} {_CHECK} (b IS NOT NULL AND b = 'x');",
                      "ALTER TABLE t ATTACH PARTITION n FOR VALUES IN ('x', 'y')"),
    "list of texts, null": (f"{_KEYED} PARTITION BY LIST (b); {_MORE} {_CHECK} (b = 'x');",
                            "ALTER TABLE t ATTACH PARTITION n FOR VALUES IN ('x', NULL)"),
    "list, overlapping": (
        f"{_KEYED} PARTITION BY LIST (id); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1, 2); {_MORE}",
        "ALTER TABLE t ATTACH PARTITION n FOR VALUES IN (2, 3)"),
    "list, beside a default": (
        f"{_KEYED} PARTITION BY LIST (id); CREATE TABLE td PARTITION OF t DEFAULT; "
        f"ALTER TABLE td ADD CHECK (id <> 1 AND id > 5); {_MORE}",
        "ALTER TABLE t ATTACH PARTITION n FOR VALUES IN (1, 2)"),
    "hash": (f"{_KEYED} PARTITION BY HASH (id); {_MORE} {_CHECK} (id > 0);",
             "ALTER TABLE t ATTACH PARTITION n FOR VALUES WITH (MODULUS 2, REMAINDER 0)"),
    "hash, overlapping": (
        f"{_KEYED} PARTITION BY HASH (id); CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1); {_MORE}",
        "ALTER TABLE t ATTACH PARTITION n FOR VALUES WITH (MODULUS 4, REMAINDER 3)"),
    "two keys": (
        f"{_KEYED} PARTITION BY RANGE (id, a); {_MORE} {_CHECK} (id >= 1 AND id < 2);",
        "ALTER TABLE t ATTACH PARTITION n FOR VALUES FROM (1, 1) TO (2, 1)"),
    "a partitioned one": (
        f"{_KEYED} PARTITION BY RANGE (id); {_MORE.replace(');', ') PARTITION BY LIST (a);')} "
        "CREATE TABLE n1 PARTITION OF n FOR VALUES IN (1);", _ATTACH),
}  # fmt: skip
