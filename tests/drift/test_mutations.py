"""Every single difference between two descriptions is found, called by its name, and nothing else is."""

import pytest

from dbtools.model.finding import Severity
from tests.drift.shop import PRISMA, SQL, as_prisma, as_sql, compare, edited

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
TRUTH = [
    ('"nickName" text NOT NULL', '"nickName" uuid NOT NULL', "type", "User", "nickName", ERROR),
    ('"nickName" text NOT NULL', '"nickName" "Role" NOT NULL', "type", "User", "nickName", ERROR),
    ('"nickName" text NOT NULL', '"nickName" varchar(20) NOT NULL', "type", "User", "nickName", WARNING),
    ('"nickName" text NOT NULL', '"nickName" varchar NOT NULL', "type", "User", "nickName", INFO),
    ("notes jsonb", "notes json", "type", "User", "notes", WARNING),
    ("points integer", "points bigint", "type", "User", "points", ERROR),
    ("weight double precision", "weight numeric", "type", "Order", "weight", ERROR),
    ('"seenAt" timestamptz', '"seenAt" timestamp', "type", "User", "seenAt", ERROR),
    ("tags text[] NOT NULL DEFAULT '{}'", "tags text NOT NULL DEFAULT '{}'", "array", "User", "tags", ERROR),
    ("notes jsonb", "notes jsonb[]", "array", "User", "notes", ERROR),
    ("tags text[]", "tags integer[]", "type", "User", "tags", ERROR),
    ("varchar(200)", "varchar(100)", "precision", "User", "email", ERROR),
    ("varchar(200)", "varchar(300)", "precision", "User", "email", WARNING),
    ("varchar(200)", "varchar", "precision", "User", "email", WARNING),
    ("numeric(5,2)", "numeric(5,1)", "precision", "User", "rating", ERROR),
    ("numeric(5,2)", "numeric(8,4)", "precision", "User", "rating", WARNING),
    ('"createdAt" timestamp(3)', '"createdAt" timestamp', "precision", "User", "createdAt", WARNING),
    ('"seenAt" timestamptz', '"seenAt" timestamptz(3)', "precision", "User", "seenAt", WARNING),
    ("notes jsonb", "notes jsonb NOT NULL", "nullability", "User", "notes", ERROR),
    ('"nickName" text NOT NULL', '"nickName" text', "nullability", "User", "nickName", ERROR),
    ("DEFAULT 'BUYER'", "DEFAULT 'SELLER'", "default", "User", "role", WARNING),
    ("points integer NOT NULL DEFAULT 0", "points integer NOT NULL DEFAULT 1", "default", "User", "points", WARNING),
    ("points integer NOT NULL DEFAULT 0", "points integer NOT NULL", "default", "User", "points", WARNING),
    ("DEFAULT true", "DEFAULT false", "default", "User", "active", WARNING),
    ("DEFAULT '{}'", "DEFAULT '{new}'", "default", "User", "tags", WARNING),
    ("DEFAULT now()", "DEFAULT clock_timestamp()", "default", "User", "createdAt", WARNING),
    ("DEFAULT now()", "DEFAULT '2020-01-01'", "default", "User", "createdAt", WARNING),
    ("uuid NOT NULL DEFAULT gen_random_uuid()", "uuid NOT NULL", "default", "User", "token", ERROR),
    ('"updatedAt" timestamp(3) NOT NULL', '"updatedAt" timestamp(3) NOT NULL DEFAULT now()', "default", "User",
     "updatedAt", WARNING),
    ("id text PRIMARY KEY", "id text PRIMARY KEY DEFAULT gen_random_uuid()", "default", "Shop", "id", WARNING),
    ("id serial", "id integer", "identity", "User", "id", ERROR),
    ("number integer NOT NULL", "number serial NOT NULL", "identity", "Order", "number", ERROR),
    ("'BUYER', 'SELLER'", "'BUYER', 'SELLER', 'ADMIN'", "enum-values", "Role", "", ERROR),
    ("'BUYER', 'SELLER'", "'BUYER', 'VENDOR'", "enum-values", "Role", "", ERROR),
    ("'BUYER', 'SELLER'", "'SELLER', 'BUYER'", "enum-order", "Role", "", INFO),
    ("ON DELETE SET NULL", "ON DELETE CASCADE", "fk-on-delete", "User", "(shopId)", ERROR),
    (" ON DELETE RESTRICT", "", "fk-on-delete", "Order", "(shopId)", INFO),
    ("ON DELETE CASCADE ON UPDATE CASCADE", "ON DELETE CASCADE", "fk-on-update", "Order", "(userId)", INFO),
    ("ON DELETE CASCADE ON UPDATE CASCADE", "ON DELETE CASCADE ON UPDATE SET NULL", "fk-on-update", "Order",
     "(userId)", ERROR),
    (' REFERENCES "Shop" ON DELETE RESTRICT ON UPDATE CASCADE', "", "fk-missing", "Order", "(shopId)", ERROR),
    (' REFERENCES "Shop" ON DELETE RESTRICT', ' REFERENCES "Shop" (name) ON DELETE RESTRICT', "fk-target", "Order",
     "(shopId)", ERROR),
    ("weight double precision,", 'weight double precision REFERENCES "User" (rating),', "fk-missing", "Order",
     "(weight)", WARNING),
    ('CREATE INDEX ON "Order" (number);', "", "index-missing", "Order", "(number)", WARNING),
    ('CREATE INDEX ON "Order" (number);', 'CREATE UNIQUE INDEX ON "Order" (number);', "index-unique", "Order",
     "(number)", WARNING),
    ('  UNIQUE ("shopId", number)', "  CHECK (true)", "index-missing", "Order", "(shopId,number)", ERROR),
    ('UNIQUE ("shopId", number)', 'UNIQUE (number, "shopId")', "index-columns", "Order", "(number,shopId)", WARNING),
    ('UNIQUE ("shopId", number)', 'UNIQUE ("shopId", weight)', "index-columns", "Order", "(shopId,weight)", ERROR),
    ('PRIMARY KEY ("userId", number)', 'PRIMARY KEY (number, "userId")', "index-columns", "Order", "(number,userId)",
     WARNING),
    ("(role, points DESC)", "(role, points)", "index-columns", "User", "(role,points)", WARNING),
    ("(role, points DESC)", "(points DESC, role)", "index-columns", "User", "(points,role)", WARNING),
    ("(role, points DESC)", "(role)", "index-columns", "User", "(role)", WARNING),
    ('CREATE INDEX ON "Order" (number);', 'CREATE INDEX ON "Order" USING hash (number);', "index-columns", "Order",
     "(number)", WARNING),
    ('  "shopId" text UNIQUE REFERENCES', '  "shopId" text REFERENCES', "index-missing", "User", "(shopId)", ERROR),
    ("notes jsonb,", "notes jsonb, extra text,", "missing-column", "User", "extra", WARNING),
    ("notes jsonb,", "notes jsonb, extra text NOT NULL,", "missing-column", "User", "extra", ERROR),
    ("  notes jsonb,\n", "", "missing-column", "User", "notes", ERROR),
    ('"nickName"', "nick_name", "renamed-column", "User", "nick_name", ERROR),
    ('"nickName"', "nick", "renamed-column", "User", "nick", ERROR),
    ('"nickName"', "handle", "renamed-column", "User", "handle", ERROR),
    ('CREATE INDEX ON "Order" (number);', 'CREATE INDEX ON "Order" (number); CREATE TABLE log (at date);',
     "missing-table", "log", "", WARNING),
    ('CREATE TABLE "Order" (', 'CREATE TEMPORARY TABLE "Order" (', "missing-table", "Order", "", ERROR),
]  # fmt: skip
MODEL = [
    ("nickName  String\n", "nickName  String @db.Citext\n", "type", "User", "nickName", WARNING),
    ("weight Float?", "weight Int?", "type", "Order", "weight", ERROR),
    ("weight Float?", "weight Float[]", "array", "Order", "weight", ERROR),
    ("weight Float?", "weight Float", "nullability", "Order", "weight", ERROR),
    ("nickName  String\n", "nickName  String?\n", "nullability", "User", "nickName", ERROR),
    ("@db.VarChar(200)", "@db.VarChar(50)", "precision", "User", "email", WARNING),
    ("@default(autoincrement())", "", "identity", "User", "id", ERROR),
    ("number Int\n", "number Int @default(autoincrement())\n", "identity", "Order", "number", ERROR),
    ('@default(dbgenerated("gen_random_uuid()"))', "@default(uuid())", "default", "User", "token", WARNING),
    ("@default(now())", "", "default", "User", "createdAt", WARNING),
    ("updatedAt DateTime  @updatedAt", "updatedAt DateTime  @default(now())", "default", "User", "updatedAt", WARNING),
    ("nickName  String\n", 'nickName  String @default(dbgenerated("lower(1)"))\n', "default", "User",
     "nickName", ERROR),
    ("notes     Json?", 'notes     Json? @default("[]")', "default", "User", "notes", WARNING),
    ("  BUYER\n", "  BUYER\n  GUEST\n", "enum-values", "Role", "", ERROR),
    ("  notes     Json?\n", "", "missing-column", "User", "notes", WARNING),
    ("  nickName  String\n", "", "missing-column", "User", "nickName", ERROR),
    ("notes     Json?\n", "notes     Json?\n  extra Int?\n", "missing-column", "User", "extra", ERROR),
    ("nickName  String\n", 'nickName  String @map("nick_name")\n', "renamed-column", "User", "nickName", ERROR),
    ("@@unique([shopId, number])", "@@index([shopId, number])", "index-unique", "Order", "(shopId,number)", WARNING),
    ("  @@index([number])\n", "  @@unique([number])\n", "index-unique", "Order", "(number)", ERROR),
    ("  @@index([number])\n", "", "index-missing", "Order", "(number)", WARNING),
    ("  @@index([number])\n", "  @@index([number])\n  @@index([weight])\n", "index-missing", "Order",
     "(weight)", WARNING),
    ("  @@unique([shopId, number])\n", "", "index-missing", "Order", "(shopId,number)", WARNING),
    ("@@id([userId, number])", "@@unique([userId, number])", "index-missing", "Order", "(userId,number)", ERROR),
    ("points(sort: Desc)", "points", "index-columns", "User", "(role,points)", WARNING),
    (", onDelete: Cascade", "", "fk-on-delete", "Order", "(userId)", ERROR),
    ("  user   User  @relation(fields: [userId], references: [id], onDelete: Cascade)\n", "", "fk-missing", "Order",
     "(userId)", WARNING),
    ("model Order {", 'model Order {\n  @@map("orders")', "renamed-table", "Order", "", ERROR),
    ("model Order {", 'model Order {\n  @@map("basket")', "renamed-table", "Order", "", ERROR),
    ("model Shop {", "model Log {\n  id Int @id\n}\nmodel Shop {", "missing-table", "Log", "", ERROR),
    ("enum Role {", "enum Unused {\n  A\n}\nenum Role {", "enum-values", "Unused", "", INFO),
]  # fmt: skip


def cases(rows):
    return [(old, new, tuple(expected)) for old, new, *expected in rows]


def summed(report):
    return [(each.rule, each.table, each.object, each.severity) for each in report.findings]


def test_the_shop_agrees_with_itself():
    report = compare(as_sql(SQL), as_prisma(PRISMA))
    assert report.findings == ()
    assert report.summary == "2 sources agree on 3 tables, 20 columns"
    assert report.figures["comparisons"] > 80


@pytest.mark.parametrize(("old", "new", "expected"), cases(TRUTH))
def test_one_change_in_the_database_is_one_finding(old, new, expected):
    report = compare(as_prisma(PRISMA), as_sql(edited(SQL, old, new)))
    assert summed(report) == [expected]
    assert set(report.findings[0].values) == {"sql", "prisma"}
    assert report.findings[0].location.path == "schema.prisma"


@pytest.mark.parametrize(("old", "new", "expected"), cases(MODEL))
def test_one_change_in_the_model_is_one_finding(old, new, expected):
    report = compare(as_sql(SQL), as_prisma(edited(PRISMA, old, new)))
    assert summed(report) == [expected]
    assert report.findings[0].message
    assert report.findings[0].hint or expected[0] == "enum-values"


CHECKED = SQL.replace("active boolean", "size int CHECK (size > 1), twice int GENERATED ALWAYS AS (points * 2) STORED, "
                      "active boolean") + """
CREATE INDEX part ON "User" (points) WHERE active;
CREATE INDEX ON "User" (lower(email)) INCLUDE (points);
CREATE INDEX ON "User" USING gin (notes jsonb_path_ops);
"""  # fmt: skip
BETWEEN_DATABASES = [
    (" CHECK (size > 1)", "", "check-missing", "User", "size", ERROR),
    ("size > 1", "size > 2", "check-missing", "User", "size", ERROR),
    ("size > 1", "size >= 1", "check-missing", "User", "size", ERROR),
    ("size > 1", "size > 1 AND points > 1", "check-missing", "User", "size", ERROR),
    ("size > 1", "size > points", "check-missing", "User", "size", ERROR),
    ("size > 1", "size - 1 > 0", "not-compared", "User", "size", INFO),
    ("points * 2", "points * 3", "generated", "User", "twice", ERROR),
    (" GENERATED ALWAYS AS (points * 2) STORED", "", "generated", "User", "twice", ERROR),
    (") STORED", ") VIRTUAL", "generated", "User", "twice", ERROR),
    ("points * 2", "points + points", "not-compared", "User", "twice", INFO),
    (" WHERE active", "", "index-columns", "User", "(points)", WARNING),
    (" WHERE active", " WHERE NOT active", "index-columns", "User", "(points)", WARNING),
    (" WHERE active", " WHERE points > 3", "index-columns", "User", "(points)", WARNING),
    ("(lower(email))", "(upper(email))", "index-columns", "User", "(lower(email))", WARNING),
    ("(lower(email))", "(translate(email, 'A', 'a'))", "not-compared", "User", "(lower(email))", INFO),
    (" INCLUDE (points)", "", "index-columns", "User", "(lower(email))", WARNING),
    ("jsonb_path_ops", "", "index-columns", "User", "(notes)", WARNING),
    ("points DESC", "points DESC NULLS LAST", "index-columns", "User", "(role,points)", WARNING),
    ("id serial", "id integer GENERATED BY DEFAULT AS IDENTITY", "identity", "User", "id", ERROR),
    ("tags text[] NOT NULL", "tags text[]", "nullability", "User", "tags", ERROR),
    ("DEFAULT now()", "DEFAULT now() + interval '1 day'", "not-compared", "User", "createdAt", INFO),
    ("id serial", "id integer", "identity", "User", "id", ERROR),
    ("  notes jsonb,\n", "  notes jsonb,\n  more text NOT NULL,\n", "missing-column", "User", "more", ERROR),
    ("  notes jsonb,\n", "  notes jsonb,\n  more text,\n", "missing-column", "User", "more", WARNING),
    ("  weight double precision,\n", "", "missing-column", "Order", "weight", ERROR),
    ("'BUYER', 'SELLER'", "'BUYER', 'SELLER', 'ADMIN'", "enum-values", "Role", "", ERROR),
    ("weight double precision", "weight real", "type", "Order", "weight", ERROR),
    ("varchar(200)", "varchar(100)", "precision", "User", "email", WARNING),
    ("DEFAULT true", "DEFAULT false", "default", "User", "active", WARNING),
    ("weight double", "mass double", "renamed-column", "Order", "weight", ERROR),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), cases(BETWEEN_DATABASES))
def test_one_change_between_two_databases_is_one_finding(old, new, expected):
    report = compare(as_sql(CHECKED, "migrations"), as_sql(edited(CHECKED, old, new)))
    assert summed(report) == [expected]
