"""Which statements may be lent a superuser's rights, and which reach out of the database."""

import pytest

from dbtools.sql.privileged import may_need_more, reaches_out, roles_dropped, roles_made, runs_as_superuser

LENT = """
CREATE EXTENSION postgis
COMMENT ON EXTENSION plpgsql IS 'x'
CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION f()
DROP EVENT TRIGGER t
CREATE PUBLICATION p FOR ALL TABLES
ALTER TABLE t DISABLE TRIGGER ALL
ALTER TABLE t OWNER TO app
SET session_replication_role = replica
ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT SELECT ON TABLES TO reader
CREATE ROLE app LOGIN PASSWORD 'x'
GRANT app TO reader
ALTER ROLE app SET statement_timeout = '5s'
CREATE FUNCTION f() RETURNS int LANGUAGE sql LEAKPROOF AS 'SELECT 1'
DO $$ BEGIN CREATE ROLE app; EXCEPTION WHEN duplicate_object THEN RAISE NOTICE 'there'; END $$
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'app') THEN CREATE ROLE app; END IF; END $$
DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM pg_roles; IF n = 0 THEN EXECUTE 'CREATE ROLE app'; END IF; END $$
""".strip().splitlines()

NOT_LENT = """
SELECT f()
CALL p()
INSERT INTO t VALUES (1)
ALTER TABLE t ADD COLUMN a int DEFAULT f()
ALTER TABLE t DISABLE TRIGGER ALL, ALTER COLUMN a TYPE int USING f()
ALTER ROLE app SUPERUSER
CREATE ROLE app IN ROLE pg_execute_server_program
CREATE ROLE app ROLE dbtools_admin
GRANT pg_read_server_files TO app
GRANT EXECUTE ON FUNCTION pg_read_file(text) TO app
ALTER ROLE ALL SET search_path = x
ALTER ROLE dbtools_admin SET search_path = x
SET session_preload_libraries = 'x'
CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'x'
CREATE SCHEMA s CREATE VIEW v AS SELECT f()
ALTER SYSTEM SET work_mem = '1MB'
DO LANGUAGE plpython3u $$ import os $$
DO $$ BEGIN CREATE ROLE app; PERFORM f(); END $$
DO $$ BEGIN CREATE ROLE app; INSERT INTO t VALUES (1); END $$
DO $$ BEGIN EXECUTE format('CREATE ROLE %I', 'app'); END $$
DO $$ BEGIN EXECUTE 'CREATE ROLE app'; EXECUTE 'COPY t FROM PROGRAM ''x'''; END $$
DO $$ DECLARE x int := f(); BEGIN CREATE ROLE app; END $$
DO $$ DECLARE x mine; BEGIN x := 1; CREATE ROLE app; END $$
DO $$ BEGIN IF EXISTS (SELECT FROM mine.pg_roles) THEN CREATE ROLE app; END IF; END $$
DO $$ BEGIN IF 1::mine = 1 THEN CREATE ROLE app; END IF; END $$
DO $$ BEGIN FOR i IN 1..f() LOOP CREATE ROLE app; END LOOP; END $$
DO $$ BEGIN RAISE NOTICE '%', f(); CREATE ROLE app; END $$
DO $$ BEGIN CREATE ROLE
CREATE ROLE
""".strip().splitlines()

OUTSIDE = {
    "COPY t TO PROGRAM 'cat'": "COPY ... PROGRAM 'cat'",
    "COPY (SELECT 1) TO '/x'": "COPY with the server's file /x",
    "SELECT 1 + length(pg_catalog.pg_read_file('/x'))": "pg_read_file()",
    "SELECT * FROM dblink('host=x', 'SELECT 1') AS t (a int)": "dblink()",
    "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p": "CREATE SUBSCRIPTION",
    "LOAD 'x'": "LOAD",
    "CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS 'x'": "a function in plpython3u",
    "DO $$ BEGIN PERFORM lo_import('/x'); END $$": "lo_import()",
    "DO $$ BEGIN IF pg_read_file('/x') IS NULL THEN NULL; END IF; END $$": "pg_read_file()",
    "COPY t FROM STDIN": "",
    "SELECT 'COPY t TO PROGRAM'": "",
    "SELECT f(": "",
}


@pytest.mark.parametrize("text", LENT)
def test_what_touches_the_database_alone_may_be_lent_rights(text):
    assert runs_as_superuser(text)
    assert may_need_more(text)


@pytest.mark.parametrize("text", NOT_LENT)
def test_what_runs_somebodys_code_or_makes_more_of_an_account_is_never_lent_rights(text):
    assert not runs_as_superuser(text)


@pytest.mark.parametrize(("text", "said"), OUTSIDE.items())
def test_what_reaches_out_of_the_database_is_named(text, said):
    assert reaches_out(text) == said


def test_roles_that_are_made_are_named_also_in_a_block():
    assert roles_made("DO $$ BEGIN CREATE ROLE a; EXECUTE 'CREATE USER b'; END $$") == ("a", "b")
    assert roles_made("CREATE TABLE a ()") == ()


def test_roles_that_are_dropped_are_named_where_nothing_else_is_done():
    assert roles_dropped("DROP ROLE IF EXISTS a, b") == ("a", "b")
    assert roles_dropped("DROP ROLE a; DROP ROLE b") == roles_dropped("DROP TABLE a") == ()
