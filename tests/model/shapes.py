"""Databases of many shapes, and what may be done to each: every statement is tried on every shape.

``t`` is the table that most statements are about, ``u`` the one beside it. Both hold rows.
"""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).parents[1] / "data"


def lines_of(name: str) -> tuple[str, ...]:
    """The scripts of a file, one a line."""
    lines = (DATA / name).read_text().splitlines()
    return tuple(line.removesuffix(";") for line in lines if line and not line.startswith("--"))


COLUMNS = "id int, a int, b varchar(20), c timestamp(3), d numeric(10,2), e int NOT NULL"
ROWS = "INSERT INTO t (id, a, b, c, d, e) SELECT g, g, 'b' || g, '2024-01-01', 1.5, g FROM generate_series(1, 40) g;"
BESIDE = """
CREATE TABLE u (id int PRIMARY KEY, v int);
INSERT INTO u SELECT g, g FROM generate_series(1, 40) g;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN plain_int AS int;
CREATE DOMAIN nested AS positive;
CREATE FUNCTION moving() RETURNS int LANGUAGE plpgsql VOLATILE AS 'begin return 1; end';
CREATE FUNCTION steady() RETURNS int LANGUAGE plpgsql STABLE AS 'begin return 1; end';
CREATE FUNCTION fixed(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'begin return $1; end';
CREATE FUNCTION fired() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
"""
PLAIN = f"{BESIDE} CREATE TABLE t ({COLUMNS}, PRIMARY KEY (id)); {ROWS}"
BY_RANGE = f"""{BESIDE} CREATE TABLE t ({COLUMNS}, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (100);
{ROWS}"""
NESTED = f"""{BESIDE} CREATE TABLE t ({COLUMNS}) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (100) PARTITION BY LIST (a);
CREATE TABLE t21 PARTITION OF t2 FOR VALUES IN (10, 11, 12); CREATE TABLE t22 PARTITION OF t2 DEFAULT;
{ROWS}"""

SHAPES: dict[str, str] = {
    "plain": PLAIN,
    "index on a": f"{PLAIN} CREATE INDEX t_a ON t (a);",
    "index on b": f"{PLAIN} CREATE INDEX t_b ON t (b);",
    "index on c": f"{PLAIN} CREATE INDEX t_c ON t (c);",
    "unique index": f"{PLAIN} CREATE UNIQUE INDEX t_ua ON t (a); CREATE UNIQUE INDEX t_ub ON t (b) WHERE b <> '';",
    "partial index": f"{PLAIN} CREATE INDEX t_p ON t (e) WHERE a > 0; CREATE INDEX t_p2 ON t (e) WHERE b = 'x';",
    "expression index": f"{PLAIN} CREATE INDEX t_x ON t (lower(b)); CREATE INDEX t_y ON t ((a + 1));",
    "including index": f"{PLAIN} CREATE INDEX t_i ON t (e) INCLUDE (a, b);",
    "two columns index": f"{PLAIN} CREATE INDEX t_ab ON t (a, b);",
    "hash and brin": f"{PLAIN} CREATE INDEX t_h ON t USING hash (b); CREATE INDEX t_r ON t USING brin (a);",
    "collated": f'{PLAIN} ALTER TABLE t ALTER b TYPE varchar(20) COLLATE "C"; CREATE INDEX t_b ON t (b);',
    "collated index": f'{PLAIN} CREATE INDEX t_b ON t (b COLLATE "C"); CREATE INDEX t_bp ON t (b varchar_pattern_ops);',
    "unique constraint": f"{PLAIN} ALTER TABLE t ADD CONSTRAINT t_a_key UNIQUE (a), ADD UNIQUE (b);",
    "deferrable": f"{PLAIN} ALTER TABLE t ADD CONSTRAINT t_a_key UNIQUE (a) DEFERRABLE INITIALLY DEFERRED;",
    "unique on two": f"{PLAIN} ALTER TABLE t ADD UNIQUE (a, b);",
    "exclusion": f"{PLAIN} ALTER TABLE t ADD CONSTRAINT t_ex EXCLUDE USING btree (a WITH =);",
    "key to u": f"{PLAIN} ALTER TABLE t ADD CONSTRAINT t_fk FOREIGN KEY (a) REFERENCES u; CREATE INDEX t_a ON t (a);",
    "key to u cascading": f"{PLAIN} ALTER TABLE t ADD CONSTRAINT t_fk FOREIGN KEY (a) REFERENCES u ON DELETE CASCADE;",
    "key deferred": f"""{PLAIN} ALTER TABLE t ADD CONSTRAINT t_fk FOREIGN KEY (a) REFERENCES u
        DEFERRABLE INITIALLY DEFERRED;""",
    "key not valid": f"{PLAIN} ALTER TABLE t ADD CONSTRAINT t_fk FOREIGN KEY (a) REFERENCES u NOT VALID;",
    "key from w": f"{PLAIN} CREATE TABLE w (t_id int REFERENCES t, x int); INSERT INTO w VALUES (1, 1);",
    "key from w cascading": f"""{PLAIN} CREATE TABLE w (t_id int REFERENCES t ON DELETE CASCADE ON UPDATE CASCADE);
        INSERT INTO w VALUES (1); CREATE TABLE w2 (t_id int REFERENCES t ON DELETE SET NULL);""",
    "key from w to a": f"""{PLAIN} ALTER TABLE t ADD CONSTRAINT t_a_key UNIQUE (a);
        CREATE TABLE w (t_a int CONSTRAINT w_fk REFERENCES t (a)); INSERT INTO w VALUES (1);""",
    "key from w to unique index": f"""{PLAIN} CREATE UNIQUE INDEX t_ua ON t (a);
        CREATE TABLE w (t_a int REFERENCES t (a)); INSERT INTO w VALUES (1);""",
    "key to itself": f"{PLAIN} ALTER TABLE t ADD CONSTRAINT t_fk FOREIGN KEY (a) REFERENCES t (id);",
    "composite key": f"""{PLAIN} CREATE TABLE w (x int, y int, PRIMARY KEY (x, y)); INSERT INTO w SELECT id, id FROM u;
        ALTER TABLE t ADD CONSTRAINT t_fk FOREIGN KEY (id, a) REFERENCES w;""",
    "chain of keys": f"""{PLAIN} ALTER TABLE t ADD CONSTRAINT t_fk FOREIGN KEY (a) REFERENCES u ON DELETE CASCADE;
        CREATE TABLE w (t_id int PRIMARY KEY REFERENCES t ON DELETE CASCADE);
        CREATE TABLE w2 (w_id int REFERENCES w);""",
    "check": f"{PLAIN} ALTER TABLE t ADD CONSTRAINT t_ck CHECK (a > 0), ADD CONSTRAINT t_ckb CHECK (b <> '');",
    "check not valid": f"{PLAIN} ALTER TABLE t ADD CONSTRAINT t_ck CHECK (a > 0) NOT VALID;",
    "check not null": f"{PLAIN} ALTER TABLE t ADD CONSTRAINT t_ck CHECK (a IS NOT NULL);",
    "check not null not valid": f"{PLAIN} ALTER TABLE t ADD CONSTRAINT t_ck CHECK (a IS NOT NULL) NOT VALID;",
    "check not null with more": f"""{PLAIN} ALTER TABLE t
        ADD CONSTRAINT t_ck CHECK (a > 0 AND (b IS NOT NULL AND a IS NOT NULL));""",
    "check not null or": f"{PLAIN} ALTER TABLE t ADD CONSTRAINT t_ck CHECK (a IS NOT NULL OR b IS NOT NULL);",
    "two checks": f"{PLAIN} ALTER TABLE t ADD CONSTRAINT t_ck CHECK (a <> e + 1000);",
    "view": f"{PLAIN} CREATE VIEW va AS SELECT a, b FROM t;",
    "view of all": f"{PLAIN} CREATE VIEW va AS SELECT * FROM t;",
    "view of others": f"{PLAIN} CREATE VIEW va AS SELECT id, e FROM t;",
    "view with condition": f"{PLAIN} CREATE VIEW va AS SELECT u.id FROM u JOIN t AS x ON x.a = u.id WHERE x.b <> '';",
    "view over view": f"{PLAIN} CREATE VIEW va AS SELECT a, b FROM t; CREATE VIEW vb AS SELECT a FROM va;",
    "materialized view": f"{PLAIN} CREATE MATERIALIZED VIEW ma AS SELECT a, b FROM t; CREATE UNIQUE INDEX ON ma (a);",
    "view over materialized": f"""{PLAIN} CREATE MATERIALIZED VIEW ma AS SELECT a, b FROM t;
        CREATE VIEW va AS SELECT a FROM ma;""",
    "rule": f"{PLAIN} CREATE RULE t_rule AS ON INSERT TO t WHERE new.a < 0 DO INSTEAD NOTHING;",
    "trigger": f"{PLAIN} CREATE TRIGGER t_trg BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION fired();",
    "trigger of a": f"{PLAIN} CREATE TRIGGER t_trg BEFORE UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION fired();",
    "trigger when": f"""{PLAIN} CREATE TRIGGER t_trg AFTER UPDATE ON t FOR EACH ROW
        WHEN (old.a IS DISTINCT FROM new.a) EXECUTE FUNCTION fired();""",
    "policy": f"{PLAIN} ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY t_pol ON t USING (a > 0);",
    "policy elsewhere": f"{PLAIN} CREATE POLICY u_pol ON u USING (EXISTS (SELECT FROM t WHERE t.a = u.id));",
    "generated": f"{PLAIN} ALTER TABLE t ADD g int GENERATED ALWAYS AS (a * 2) STORED;",
    "generated indexed": f"""{PLAIN} ALTER TABLE t ADD g int GENERATED ALWAYS AS (a * 2) STORED;
        CREATE INDEX t_g ON t (g);""",
    "statistics": f"{PLAIN} CREATE STATISTICS t_st ON a, e FROM t;",
    "publication": f"{PLAIN} CREATE PUBLICATION t_pub FOR TABLE t;",
    "domain column": f"{PLAIN} ALTER TABLE t ADD x positive, ADD y plain_int, ADD z positive[], ADD w nested;",
    "domain columns alone": f"{PLAIN} ALTER TABLE t ADD x positive, ADD y plain_int, ADD w nested;",
    "enum column": f"{PLAIN} ALTER TABLE t ADD m mood DEFAULT 'sad', ADD ms mood[];",
    "defaults": f"{PLAIN} ALTER TABLE t ALTER a SET DEFAULT fixed(1), ALTER b SET DEFAULT 'x';",
    "serial": f"""{PLAIN} ALTER TABLE t ADD s serial; CREATE SEQUENCE sq;
        ALTER TABLE t ALTER a SET DEFAULT nextval('sq');""",
    "identity": f"{PLAIN} ALTER TABLE t ADD i int GENERATED ALWAYS AS IDENTITY;",
    "unlogged": PLAIN.replace("CREATE TABLE t", "CREATE UNLOGGED TABLE t"),
    "unlogged key": f"""{PLAIN.replace("CREATE TABLE t", "CREATE UNLOGGED TABLE t")}
        ALTER TABLE t ADD CONSTRAINT t_fk FOREIGN KEY (a) REFERENCES u;""",
    "unlogged referenced": f"""{PLAIN.replace("CREATE TABLE t", "CREATE UNLOGGED TABLE t")}
        CREATE UNLOGGED TABLE w (t_id int REFERENCES t);""",
    "parent": f"""{PLAIN} CREATE TABLE t1 (x int) INHERITS (t); INSERT INTO t1 SELECT *, 1 FROM t;
        CREATE INDEX ON t1 (a);""",
    "parent with check": f"""{PLAIN} CREATE TABLE t1 (x int) INHERITS (t); INSERT INTO t1 SELECT *, 1 FROM t;
        ALTER TABLE t ADD CONSTRAINT t_ck CHECK (a > 0);""",
    "child": f"""{BESIDE} CREATE TABLE p (id int, a int, e int NOT NULL); INSERT INTO p VALUES (1, 1, 1);
        CREATE TABLE t ({COLUMNS}, PRIMARY KEY (id)) INHERITS (p); {ROWS}""",
    "alike": f"{PLAIN} CREATE TABLE t1 (LIKE t); INSERT INTO t1 SELECT * FROM t;",
    "typed": f"{PLAIN} CREATE TYPE pair AS (x int, y text); CREATE TABLE t1 OF pair; CREATE TABLE w (p pair);",
    "row type": f"{PLAIN} CREATE TABLE w (r t, x int); CREATE FUNCTION ft(t) RETURNS int LANGUAGE sql AS 'select 1';",
    "replica identity": f"{PLAIN} CREATE UNIQUE INDEX t_e ON t (e); ALTER TABLE t REPLICA IDENTITY USING INDEX t_e;",
    "clustered": f"{PLAIN} CREATE INDEX t_a ON t (a); ALTER TABLE t CLUSTER ON t_a;",
    "by range": BY_RANGE,
    "by range, default": f"""{BY_RANGE} CREATE TABLE td PARTITION OF t DEFAULT;
        INSERT INTO t VALUES (500,5,'x',now(),1,1);""",
    "by range, indexed": f"{BY_RANGE} CREATE INDEX t_a ON t (a); CREATE INDEX t_p ON t (e) WHERE b = 'x';",
    "by range, indexed on b": f"{BY_RANGE} CREATE INDEX t_b ON t (b);",
    "by range, unique": f"{BY_RANGE} ALTER TABLE t ADD CONSTRAINT t_a_key UNIQUE (id, a);",
    "by range, key to u": f"{BY_RANGE} ALTER TABLE t ADD CONSTRAINT t_fk FOREIGN KEY (a) REFERENCES u;",
    "by range, key from w": f"""{BY_RANGE} CREATE TABLE w (t_id int CONSTRAINT w_fk REFERENCES t);
        INSERT INTO w VALUES (1);""",
    "by range, check": f"{BY_RANGE} ALTER TABLE t ADD CONSTRAINT t_ck CHECK (a > 0);",
    "by range, check on one": f"{BY_RANGE} ALTER TABLE t1 ADD CONSTRAINT t1_ck CHECK (a IS NOT NULL);",
    "by range, view": f"{BY_RANGE} CREATE VIEW va AS SELECT a FROM t; CREATE VIEW v1 AS SELECT b FROM t1;",
    "by range, trigger": f"""{BY_RANGE} CREATE TRIGGER t_trg AFTER UPDATE ON t
        FOR EACH ROW EXECUTE FUNCTION fired();""",
    "by range, own index": f"{BY_RANGE} CREATE INDEX t1_own ON t1 (a); ALTER TABLE t1 ADD UNIQUE (e);",
    "by range, empty": f"{BESIDE} CREATE TABLE t ({COLUMNS}) PARTITION BY RANGE (id);",
    "by list": f"""{BESIDE} CREATE TABLE t ({COLUMNS}) PARTITION BY LIST (a);
        CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1, 2, 3, NULL); CREATE TABLE td PARTITION OF t DEFAULT; {ROWS}""",
    "by hash": f"""{BESIDE} CREATE TABLE t ({COLUMNS}) PARTITION BY HASH (id);
        CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (modulus 2, remainder 0);
        CREATE TABLE t2 PARTITION OF t FOR VALUES WITH (modulus 2, remainder 1); {ROWS}""",
    "by two levels": NESTED,
    "by two levels, indexed": f"{NESTED} CREATE INDEX t_e ON t (e);",
    "by two levels, key to u": f"{NESTED} ALTER TABLE t ADD CONSTRAINT t_fk FOREIGN KEY (a) REFERENCES u;",
    "by expression": f"""{BESIDE} CREATE TABLE t ({COLUMNS}) PARTITION BY RANGE ((id + a));
        CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (50); CREATE TABLE td PARTITION OF t DEFAULT; {ROWS}""",
}
SHAPES_18: dict[str, str] = {
    "virtual": f"{PLAIN} ALTER TABLE t ADD g int GENERATED ALWAYS AS (a * 2) VIRTUAL;",
    "not null not valid": f"{PLAIN} ALTER TABLE t ADD CONSTRAINT t_nn NOT NULL a NOT VALID;",
    "key not enforced": f"{PLAIN} ALTER TABLE t ADD CONSTRAINT t_fk FOREIGN KEY (a) REFERENCES u NOT ENFORCED;",
    "check not enforced": f"{PLAIN} ALTER TABLE t ADD CONSTRAINT t_ck CHECK (a IS NOT NULL) NOT ENFORCED;",
    "by range, not null not valid": f"{BY_RANGE} ALTER TABLE t ADD CONSTRAINT t_nn NOT NULL a NOT VALID;",
    "by range, key not valid": f"{BY_RANGE} ALTER TABLE t ADD CONSTRAINT t_fk FOREIGN KEY (a) REFERENCES u NOT VALID;",
}

STATEMENTS = lines_of("effects-statements.sql")
