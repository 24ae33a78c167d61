-- What @prisma/schema-engine-wasm 8.1.0-2 prints for kitchen_sink.prisma (migrate diff --from-empty --script).
-- Generated, not written: regenerate it with the engine when kitchen_sink.prisma changes.

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "audit";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateExtension
CREATE EXTENSION IF NOT EXISTS "btree_gin" WITH VERSION "1.3";

-- CreateExtension
CREATE EXTENSION IF NOT EXISTS "citext";

-- CreateExtension
CREATE EXTENSION IF NOT EXISTS "pg_trgm" WITH SCHEMA "public";

-- CreateEnum
CREATE TYPE "user_role" AS ENUM ('STUDENT', 'teach-er', 'ADMIN-1');

-- CreateEnum
CREATE TYPE "audit"."Severity" AS ENUM ('low', 'high');

-- CreateTable
CREATE TABLE "Scalars" (
    "id" SERIAL NOT NULL,
    "string" TEXT NOT NULL,
    "boolean" BOOLEAN NOT NULL,
    "int" INTEGER NOT NULL,
    "bigInt" BIGINT NOT NULL,
    "float" DOUBLE PRECISION NOT NULL,
    "decimal" DECIMAL(65,30) NOT NULL,
    "dateTime" TIMESTAMP(3) NOT NULL,
    "json" JSONB NOT NULL,
    "bytes" BYTEA NOT NULL,
    "role" "user_role" NOT NULL,
    "severity" "audit"."Severity" NOT NULL,
    "optional" TEXT,
    "strings" TEXT[],
    "roles" "user_role"[],
    "point" point,
    "period" tstzrange NOT NULL,
    "vectors" tsvector[],

    CONSTRAINT "Scalars_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Natives" (
    "id" BIGSERIAL NOT NULL,
    "text" TEXT NOT NULL,
    "varchar" VARCHAR(191) NOT NULL,
    "varcharPlain" VARCHAR NOT NULL,
    "char" CHAR(3) NOT NULL,
    "charPlain" CHAR NOT NULL,
    "bit" BIT(8) NOT NULL,
    "bitPlain" BIT NOT NULL,
    "varbit" VARBIT(8) NOT NULL,
    "uuid" UUID NOT NULL,
    "xml" XML NOT NULL,
    "inet" INET NOT NULL,
    "citext" CITEXT NOT NULL,
    "boolean" BOOLEAN NOT NULL,
    "integer" INTEGER NOT NULL,
    "smallInt" SMALLINT NOT NULL,
    "oid" OID NOT NULL,
    "bigInt" BIGINT NOT NULL,
    "real" REAL NOT NULL,
    "doublePrecision" DOUBLE PRECISION NOT NULL,
    "decimal" DECIMAL(10,2) NOT NULL,
    "decimalPlain" DECIMAL NOT NULL,
    "money" MONEY NOT NULL,
    "timestamp" TIMESTAMP(6) NOT NULL,
    "timestampPlain" TIMESTAMP NOT NULL,
    "timestamptz" TIMESTAMPTZ(3) NOT NULL,
    "date" DATE NOT NULL,
    "time" TIME(0) NOT NULL,
    "timetz" TIMETZ NOT NULL,
    "json" JSON NOT NULL,
    "jsonB" JSONB NOT NULL,
    "byteA" BYTEA NOT NULL,
    "codes" VARCHAR(8)[],

    CONSTRAINT "Natives_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit"."small_serial" (
    "id" SMALLSERIAL NOT NULL,

    CONSTRAINT "small pk" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Defaults" (
    "id" TEXT NOT NULL,
    "cuid" TEXT NOT NULL,
    "nanoid" TEXT NOT NULL,
    "ulid" TEXT NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "today" DATE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "zoned" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "when" TIMESTAMP(3) NOT NULL DEFAULT '2024-02-29 12:30:45.678 +07:00',
    "exact" TIMESTAMP(3) NOT NULL DEFAULT '1999-12-31 10:00:00.123456 -03:30',
    "whole" TIMESTAMP(3) NOT NULL DEFAULT '2024-02-29 12:30:45 +00:00',
    "quoted" TEXT NOT NULL DEFAULT 'it''s "here"',
    "slashed" TEXT NOT NULL DEFAULT 'back\slash
newline',
    "empty" TEXT NOT NULL DEFAULT '',
    "yes" BOOLEAN NOT NULL DEFAULT true,
    "no" BOOLEAN NOT NULL DEFAULT false,
    "minus" INTEGER NOT NULL DEFAULT -5,
    "big" BIGINT NOT NULL DEFAULT 9007199254740993,
    "ratio" DOUBLE PRECISION NOT NULL DEFAULT 1.50,
    "price" DECIMAL(10,2) NOT NULL DEFAULT 0.00,
    "rate" DECIMAL(65,30) NOT NULL DEFAULT 1.0,
    "settings" JSONB NOT NULL DEFAULT '{"a": [1, 2], "b": "it''s"}',
    "blob" BYTEA NOT NULL DEFAULT '\x48656c6c6f',
    "role" "user_role" NOT NULL DEFAULT 'STUDENT',
    "mappedRole" "user_role" NOT NULL DEFAULT 'teach-er',
    "severity" "audit"."Severity" NOT NULL DEFAULT 'high',
    "dbUuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "generated" TEXT,
    "emptyList" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "list" TEXT[] DEFAULT ARRAY['a', 'it''s']::TEXT[],
    "numbers" INTEGER[] DEFAULT ARRAY[1, 2, -3]::INTEGER[],
    "roleList" "user_role"[] DEFAULT ARRAY['STUDENT', 'teach-er']::"user_role"[],
    "flags" BOOLEAN[] DEFAULT ARRAY[true, false]::BOOLEAN[],
    "times" TIMESTAMP(3)[] DEFAULT ARRAY['2024-01-01 00:00:00 +00:00']::TIMESTAMP(3)[],
    "codes" VARCHAR(8)[] DEFAULT ARRAY['x']::VARCHAR(8)[],

    CONSTRAINT "Defaults_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customers" (
    "first_name" TEXT NOT NULL,
    "last name" TEXT NOT NULL,
    "email" VARCHAR(255) NOT NULL,
    "phone" TEXT,
    "hidden" TEXT,
    "score" INTEGER NOT NULL DEFAULT 0,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "deleted_at" TIMESTAMP(3),
    "data" JSONB NOT NULL,
    "tags" TEXT[],
    "ip" INET NOT NULL,

    CONSTRAINT "customer_key" PRIMARY KEY ("first_name","last name")
);

-- CreateTable
CREATE TABLE "audit"."orders" (
    "id" SERIAL NOT NULL,
    "customer_first" TEXT,
    "customer_last" TEXT NOT NULL,
    "parentId" INTEGER,
    "ownerId" INTEGER NOT NULL,
    "editorId" INTEGER,
    "boxId" INTEGER NOT NULL,
    "fallback" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Person" (
    "id" SERIAL NOT NULL,

    CONSTRAINT "Person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Profile" (
    "personId" INTEGER,
    "slug" VARCHAR(40) NOT NULL,

    CONSTRAINT "Profile_pkey" PRIMARY KEY ("slug")
);

-- CreateTable
CREATE TABLE "Box" (
    "id" INTEGER NOT NULL,

    CONSTRAINT "Box_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "a_tags" (
    "tag_name" VARCHAR(30) NOT NULL,

    CONSTRAINT "a_tags_pkey" PRIMARY KEY ("tag_name")
);

-- CreateTable
CREATE TABLE "Ignored" (
    "id" INTEGER NOT NULL,
    "note" TEXT,

    CONSTRAINT "Ignored_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Keyless" (
    "a" INTEGER NOT NULL,
    "b" INTEGER
);

-- CreateTable
CREATE TABLE "AVeryLongModelNameThatLeavesNoRoomForTheNamesOfItsConstraintsAtAll" (
    "anIdentifierOfSomeLength" INTEGER NOT NULL,
    "anotherIdentifierOfSomeLength" INTEGER NOT NULL,
    "targetOfThisLongModel" INTEGER NOT NULL,

    CONSTRAINT "AVeryLongModelNameThatLeavesNoRoomForTheNamesOfItsConstrai_pkey" PRIMARY KEY ("anIdentifierOfSomeLength")
);

-- CreateTable
CREATE TABLE "Person2" (
    "id" INTEGER NOT NULL,

    CONSTRAINT "Person2_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Tabelle_mit_Umlaut_ä" (
    "id" INTEGER NOT NULL,
    "ein_langer_Spaltenname_mit_Umlauten_äöüäöüäöü" TEXT NOT NULL,

    CONSTRAINT "Tabelle_mit_Umlaut_ä_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit"."_OrderToTag" (
    "A" INTEGER NOT NULL,
    "B" VARCHAR(30) NOT NULL,

    CONSTRAINT "_OrderToTag_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "audit"."_watching" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_watching_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "_Friends" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_Friends_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "_aRelationNameSoLongThatTheNamesOfItsTableAreCutSomewhereHere" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_aRelationNameSoLongThatTheNamesOfItsTableAreCutSomewhe_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateIndex
CREATE UNIQUE INDEX "customers_email_key" ON "customers"("email");

-- CreateIndex
CREATE UNIQUE INDEX "customer phone" ON "customers"("phone" DESC);

-- CreateIndex
CREATE INDEX "customers_score_first_name_idx" ON "customers"("score" DESC, "first_name");

-- CreateIndex
CREATE INDEX "customers_email_idx" ON "customers" USING HASH ("email");

-- CreateIndex
CREATE INDEX "customers_data_idx" ON "customers" USING GIN ("data" jsonb_path_ops);

-- CreateIndex
CREATE INDEX "tags_gin" ON "customers" USING GIN ("tags");

-- CreateIndex
CREATE INDEX "trigram" ON "customers" USING GIN ("email" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "customers_ip_idx" ON "customers" USING GIST ("ip" inet_ops);

-- CreateIndex
CREATE INDEX "brin_bloom" ON "customers" USING BRIN ("score" int4_bloom_ops);

-- CreateIndex
CREATE INDEX "brin_multi" ON "customers" USING BRIN ("score" int4_minmax_multi_ops);

-- CreateIndex
CREATE INDEX "customers_last name_idx" ON "customers" USING SPGIST ("last name");

-- CreateIndex
CREATE INDEX "legacy_name" ON "customers"("last name", "email");

-- CreateIndex
CREATE INDEX "raw_partial" ON "customers"("score") WHERE (score > 0 AND deleted_at IS NULL);

-- CreateIndex
CREATE INDEX "object_partial" ON "customers"("email") WHERE ("deleted_at" IS NULL AND "active" != false AND "email" = 'a''b');

-- CreateIndex
CREATE INDEX "not_null_partial" ON "customers"("email") WHERE ("deleted_at" IS NOT NULL AND "score" = 5);

-- CreateIndex
CREATE UNIQUE INDEX "customers_email_score_key" ON "customers"("email", "score");

-- CreateIndex
CREATE UNIQUE INDEX "by_name" ON "customers"("last name" DESC, "score");

-- CreateIndex
CREATE UNIQUE INDEX "customers_first_name_key" ON "customers"("first_name") WHERE ("active" = true);

-- CreateIndex
CREATE UNIQUE INDEX "orders_boxId_key" ON "audit"."orders"("boxId");

-- CreateIndex
CREATE UNIQUE INDEX "orders_customer_first_customer_last_key" ON "audit"."orders"("customer_first", "customer_last");

-- CreateIndex
CREATE UNIQUE INDEX "Profile_personId_key" ON "Profile"("personId");

-- CreateIndex
CREATE UNIQUE INDEX "Keyless_a_key" ON "Keyless"("a");

-- CreateIndex
CREATE UNIQUE INDEX "Keyless_b_key" ON "Keyless"("b");

-- CreateIndex
CREATE UNIQUE INDEX "AVeryLongModelNameThatLeavesNoRoomForTheNamesOfItsConstrain_key" ON "AVeryLongModelNameThatLeavesNoRoomForTheNamesOfItsConstraintsAtAll"("anotherIdentifierOfSomeLength");

-- CreateIndex
CREATE INDEX "AVeryLongModelNameThatLeavesNoRoomForTheNamesOfItsConstrain_idx" ON "AVeryLongModelNameThatLeavesNoRoomForTheNamesOfItsConstraintsAtAll"("anIdentifierOfSomeLength", "anotherIdentifierOfSomeLength");

-- CreateIndex
CREATE INDEX "Tabelle_mit_Umlaut_ä_ein_langer_Spaltenname_mit_Umlauten__idx" ON "Tabelle_mit_Umlaut_ä"("ein_langer_Spaltenname_mit_Umlauten_äöüäöüäöü", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Tabelle_mit_Umlaut_ä_ein_langer_Spaltenname_mit_Umlauten__key" ON "Tabelle_mit_Umlaut_ä"("ein_langer_Spaltenname_mit_Umlauten_äöüäöüäöü");

-- CreateIndex
CREATE INDEX "_OrderToTag_B_index" ON "audit"."_OrderToTag"("B");

-- CreateIndex
CREATE INDEX "_watching_B_index" ON "audit"."_watching"("B");

-- CreateIndex
CREATE INDEX "_Friends_B_index" ON "_Friends"("B");

-- CreateIndex
CREATE INDEX "_aRelationNameSoLongThatTheNamesOfItsTableAreCutSomewhe_B_index" ON "_aRelationNameSoLongThatTheNamesOfItsTableAreCutSomewhereHere"("B");

-- AddForeignKey
ALTER TABLE "audit"."orders" ADD CONSTRAINT "orders_customer_first_customer_last_fkey" FOREIGN KEY ("customer_first", "customer_last") REFERENCES "customers"("first_name", "last name") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit"."orders" ADD CONSTRAINT "orders_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "audit"."orders"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit"."orders" ADD CONSTRAINT "orders_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit"."orders" ADD CONSTRAINT "order editor" FOREIGN KEY ("editorId") REFERENCES "Person"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "audit"."orders" ADD CONSTRAINT "orders_boxId_fkey" FOREIGN KEY ("boxId") REFERENCES "Box"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "audit"."orders" ADD CONSTRAINT "orders_fallback_fkey" FOREIGN KEY ("fallback") REFERENCES "Person"("id") ON DELETE SET DEFAULT ON UPDATE SET DEFAULT;

-- AddForeignKey
ALTER TABLE "Profile" ADD CONSTRAINT "Profile_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AVeryLongModelNameThatLeavesNoRoomForTheNamesOfItsConstraintsAtAll" ADD CONSTRAINT "AVeryLongModelNameThatLeavesNoRoomForTheNamesOfItsConstrai_fkey" FOREIGN KEY ("targetOfThisLongModel") REFERENCES "Person2"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit"."_OrderToTag" ADD CONSTRAINT "_OrderToTag_A_fkey" FOREIGN KEY ("A") REFERENCES "audit"."orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit"."_OrderToTag" ADD CONSTRAINT "_OrderToTag_B_fkey" FOREIGN KEY ("B") REFERENCES "a_tags"("tag_name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit"."_watching" ADD CONSTRAINT "_watching_A_fkey" FOREIGN KEY ("A") REFERENCES "audit"."orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit"."_watching" ADD CONSTRAINT "_watching_B_fkey" FOREIGN KEY ("B") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_Friends" ADD CONSTRAINT "_Friends_A_fkey" FOREIGN KEY ("A") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_Friends" ADD CONSTRAINT "_Friends_B_fkey" FOREIGN KEY ("B") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_aRelationNameSoLongThatTheNamesOfItsTableAreCutSomewhereHere" ADD CONSTRAINT "_aRelationNameSoLongThatTheNamesOfItsTableAreCutSomewher_A_fkey" FOREIGN KEY ("A") REFERENCES "AVeryLongModelNameThatLeavesNoRoomForTheNamesOfItsConstraintsAtAll"("anIdentifierOfSomeLength") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_aRelationNameSoLongThatTheNamesOfItsTableAreCutSomewhereHere" ADD CONSTRAINT "_aRelationNameSoLongThatTheNamesOfItsTableAreCutSomewher_B_fkey" FOREIGN KEY ("B") REFERENCES "Person2"("id") ON DELETE CASCADE ON UPDATE CASCADE;
