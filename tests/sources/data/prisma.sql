-- What @prisma/schema-engine-wasm 8.1.0-2 prints for the folder prisma (migrate diff --from-empty --script).
-- Generated, not written: python tools/oracles/prisma.py --print tests/sources/data/prisma

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "Weird Name";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "base";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateExtension
CREATE EXTENSION IF NOT EXISTS "hstore" WITH SCHEMA "public";

-- CreateExtension
CREATE EXTENSION IF NOT EXISTS "pgcrypto";

-- CreateExtension
CREATE EXTENSION IF NOT EXISTS "uuid-ossp";

-- CreateExtension
CREATE EXTENSION IF NOT EXISTS "vector" WITH VERSION "0.8.0";

-- CreateEnum
CREATE TYPE "base"."Enum" AS ENUM ('model', 'enum', 'type');

-- CreateEnum
CREATE TYPE "Weird Name"."Enum" AS ENUM ('1 one', '', 'ü');

-- CreateEnum
CREATE TYPE "Last" AS ENUM ('a', 'b');

-- CreateTable
CREATE TABLE "base"."Key" (
    "kind" "base"."Enum" NOT NULL,
    "the day" DATE NOT NULL,
    "the code" TEXT NOT NULL,
    "x" INTEGER NOT NULL,
    "y" INTEGER,

    CONSTRAINT "the key" PRIMARY KEY ("kind","the day")
);

-- CreateTable
CREATE TABLE "Weird Name"."a table. ü" (
    "id" BIGSERIAL NOT NULL,
    "kind" "base"."Enum",
    "its day" DATE,
    "x" INTEGER,
    "y" INTEGER NOT NULL,
    "code" TEXT NOT NULL,
    "other" TEXT,
    "fixed" TEXT NOT NULL DEFAULT 'a',

    CONSTRAINT "ref key" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "base"."Chain" (
    "id" INTEGER NOT NULL,
    "nextId" INTEGER,
    "parentId" INTEGER NOT NULL,

    CONSTRAINT "Chain_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Weird Name"."0b" (
    "b_id" UUID NOT NULL DEFAULT gen_random_uuid(),

    CONSTRAINT "bb" PRIMARY KEY ("b_id")
);

-- CreateTable
CREATE TABLE "base"."A" (
    "id" "base"."Enum" NOT NULL,

    CONSTRAINT "A_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "c" (
    "id" DECIMAL(10,0) NOT NULL,

    CONSTRAINT "c_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Hidden" (
    "id" INTEGER NOT NULL,
    "bId" INTEGER,

    CONSTRAINT "Hidden_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Chained" (
    "id" INTEGER NOT NULL,

    CONSTRAINT "Chained_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Partial" (
    "id" INTEGER NOT NULL,
    "big" BIGINT NOT NULL,
    "price" DECIMAL(65,30) NOT NULL,
    "ratio" DOUBLE PRECISION NOT NULL,
    "at" TIMESTAMP(3),
    "the text" TEXT NOT NULL,
    "flag" BOOLEAN NOT NULL,

    CONSTRAINT "Partial_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "a_table_with_a_name_that_is_longer_than_the_sixty_three_bytes_that_fit" (
    "id" INTEGER NOT NULL,
    "a_column_with_a_name_that_is_longer_than_the_sixty_three_bytes_that_fit" INTEGER NOT NULL,

    CONSTRAINT "a_table_with_a_name_that_is_longer_than_the_sixty_three_by_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Longer" (
    "id" INTEGER NOT NULL,

    CONSTRAINT "Longer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "View" (
    "id" SERIAL NOT NULL,
    "type" TEXT,
    "model" "base"."Enum" NOT NULL DEFAULT 'model',
    "enum" "Weird Name"."Enum" NOT NULL DEFAULT '',
    "datasource" "Weird Name"."Enum"[] DEFAULT ARRAY['1 one', 'ü']::"Weird Name"."Enum"[],
    "generator" "base"."Enum"[] DEFAULT ARRAY[]::"base"."Enum"[],

    CONSTRAINT "View_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "base"."Lists" (
    "id" INTEGER NOT NULL,
    "json" JSONB[] DEFAULT ARRAY['{"a": 1}', '[]', '"it''s"']::JSONB[],
    "decimals" DECIMAL(5,2)[] DEFAULT ARRAY[1.5, 2]::DECIMAL(5,2)[],
    "texts" DECIMAL(65,30)[] DEFAULT ARRAY[1.50, 2]::DECIMAL(65,30)[],
    "bigs" BIGINT[] DEFAULT ARRAY[1, -2]::BIGINT[],
    "bytes" BYTEA[] DEFAULT ARRAY['\x48656c6c6f', '\x']::BYTEA[],
    "floats" DOUBLE PRECISION[] DEFAULT ARRAY[1, 2.50]::DOUBLE PRECISION[],
    "smalls" SMALLINT[] DEFAULT ARRAY[1]::SMALLINT[],
    "oids" OID[],
    "money" MONEY[],
    "dates" DATE[] DEFAULT ARRAY['2024-01-01 00:00:00 +00:00']::DATE[],
    "chars" CHAR(3)[] DEFAULT ARRAY['a']::CHAR(3)[],
    "var chars" VARCHAR(3)[] DEFAULT ARRAY[]::VARCHAR(3)[],
    "flags" BOOLEAN[] DEFAULT ARRAY[]::BOOLEAN[],
    "database" TEXT[] DEFAULT ARRAY['x'::text],
    "text" TEXT[] DEFAULT '{}',
    "awkward" TEXT[] DEFAULT ARRAY['a,b', 'c"d', 'e\f', 'g{h}', 'it''s']::TEXT[],
    "the points" point[],

    CONSTRAINT "Lists_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "base"."Numbers" (
    "a" DOUBLE PRECISION NOT NULL DEFAULT 1000000000000000000000,
    "b" DECIMAL(65,30) NOT NULL DEFAULT 123456789012345678901234567890.123,
    "c" DOUBLE PRECISION NOT NULL DEFAULT 0.0,
    "d" DECIMAL(65,30) NOT NULL DEFAULT -1.50,
    "e" DECIMAL(65,30) NOT NULL DEFAULT 10000000000,
    "f" DOUBLE PRECISION NOT NULL DEFAULT 0.00000001,
    "g" INTEGER NOT NULL DEFAULT 0,
    "h" INTEGER NOT NULL DEFAULT 7,
    "i" BIGSERIAL NOT NULL,
    "j" SMALLSERIAL NOT NULL,
    "k" REAL NOT NULL DEFAULT 1.5,
    "l" MONEY NOT NULL DEFAULT 1.5,
    "m" OID NOT NULL DEFAULT 3,
    "n" DECIMAL(1000,1000) NOT NULL,

    CONSTRAINT "Numbers_pkey" PRIMARY KEY ("a")
);

-- CreateTable
CREATE TABLE "base"."Times" (
    "a" TIMESTAMP(3) NOT NULL DEFAULT '2024-02-29 12:30:45.100 +00:00',
    "b" TIMESTAMP(3) NOT NULL DEFAULT '2024-02-29 12:30:45.123456789 +00:00',
    "c" TIMESTAMP(3) NOT NULL DEFAULT '2024-02-29 12:30:45.123456789 +00:00',
    "d" TIMESTAMP(3) NOT NULL DEFAULT '2024-02-29 12:30:45.000100 +00:00',
    "e" TIMESTAMP(3) NOT NULL DEFAULT '2024-02-29 12:30:45 +00:00',
    "f" TIMESTAMP(3) NOT NULL DEFAULT '2024-02-29 23:59:60 +07:00',
    "g" DATE NOT NULL DEFAULT '2024-02-29 12:30:45 +00:00',
    "h" TIME(3) NOT NULL DEFAULT '1970-01-01 12:30:45 +00:00',
    "i" TIMETZ NOT NULL DEFAULT '1970-01-01 12:30:45 +02:00',
    "j" TIMESTAMPTZ(3) NOT NULL DEFAULT '0001-01-01 00:00:00 +00:00',
    "k" TIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "l" TIMESTAMPTZ(0) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Times_pkey" PRIMARY KEY ("a")
);

-- CreateTable
CREATE TABLE "base"."Texts" (
    "a" TEXT NOT NULL DEFAULT 'café 🎉',
    "b" TEXT NOT NULL DEFAULT 'tab	end
',
    "c" TEXT NOT NULL DEFAULT 'c:\new\table',
    "d" TEXT NOT NULL DEFAULT 'quote '''' two/',
    "e" BIT(3) NOT NULL DEFAULT '101',
    "f" INET NOT NULL DEFAULT '::1',
    "g" XML NOT NULL DEFAULT '<a/>',
    "h" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    "i" CITEXT NOT NULL,
    "j" VARBIT,
    "k" BYTEA NOT NULL DEFAULT '\x',
    "l" JSON DEFAULT 'null',
    "m" JSONB NOT NULL DEFAULT '{"it''s": "\"q\"", "u": "\u00e9"}',
    "n" VARCHAR(10485760) NOT NULL,
    "o" TEXT NOT NULL,
    "p" TEXT NOT NULL,

    CONSTRAINT "Texts_pkey" PRIMARY KEY ("a")
);

-- CreateTable
CREATE TABLE "base"."Generated" (
    "a" INTEGER NOT NULL DEFAULT nextval('a_seq'::regclass),
    "b" TEXT NOT NULL DEFAULT concat('a', 'b'),
    "c" TIMESTAMP(3) NOT NULL DEFAULT (now() + '1 day'::interval),
    "d" INTEGER NOT NULL DEFAULT (1 + 2) * 3,
    "e" JSONB NOT NULL DEFAULT jsonb_build_object('a', 1),
    "f" BOOLEAN NOT NULL DEFAULT TRUE,
    "g" TIMESTAMPTZ NOT NULL DEFAULT timezone('utc'::text, now()),
    "h" UUID NOT NULL DEFAULT uuid_generate_v4(),

    CONSTRAINT "Generated_pkey" PRIMARY KEY ("a")
);

-- CreateTable
CREATE TABLE "base"."Unsupported_" (
    "id" INTEGER NOT NULL,
    "a" vector(1536),
    "b" halfvec(3)[],
    "c" tsvector DEFAULT to_tsvector('english'::regconfig, 'x'::text),
    "d" interval NOT NULL DEFAULT '1 day'::interval,
    "e" geometry(Point, 4326) NOT NULL,
    "f" circle NOT NULL,
    "g" "My Type" NOT NULL,
    "h" audit.kind NOT NULL,
    "i" interval day to second(3) NOT NULL,
    "j" timestamp with time zone NOT NULL,
    "k" character varying(3) NOT NULL,
    "l" bit varying NOT NULL,

    CONSTRAINT "Unsupported__pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "base"."_f" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_f_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "Weird Name"."_bToc" (
    "A" UUID NOT NULL,
    "B" DECIMAL(10,0) NOT NULL,

    CONSTRAINT "_bToc_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "base"."_ATob" (
    "A" "base"."Enum" NOT NULL,
    "B" UUID NOT NULL,

    CONSTRAINT "_ATob_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "base"."_one two" (
    "A" "base"."Enum" NOT NULL,
    "B" UUID NOT NULL,

    CONSTRAINT "_one two_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "_LongToLonger" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_LongToLonger_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateIndex
CREATE UNIQUE INDEX "Key_the code_key" ON "base"."Key"("the code");

-- CreateIndex
CREATE UNIQUE INDEX "xy" ON "base"."Key"("x", "y");

-- CreateIndex
CREATE INDEX "legacy name" ON "Weird Name"."a table. ü"("code");

-- CreateIndex
CREATE INDEX "a table. ü_kind_its day_idx" ON "Weird Name"."a table. ü"("kind", "its day" DESC);

-- CreateIndex
CREATE INDEX "a table. ü_other_idx" ON "Weird Name"."a table. ü"("other");

-- CreateIndex
CREATE UNIQUE INDEX "a table. ü_y_x_key" ON "Weird Name"."a table. ü"("y", "x");

-- CreateIndex
CREATE UNIQUE INDEX "Chain_nextId_key" ON "base"."Chain"("nextId");

-- CreateIndex
CREATE UNIQUE INDEX "Partial_at_key" ON "Partial"("at") WHERE ("at" IS NULL);

-- CreateIndex
CREATE INDEX "numbers" ON "Partial"("id") WHERE ("big" = 5 AND "price" = 1.5 AND "ratio" = -2);

-- CreateIndex
CREATE INDEX "unequal" ON "Partial"("id") WHERE ("the text" != 'ü' AND "flag" = false);

-- CreateIndex
CREATE INDEX "not true" ON "Partial"("id") WHERE ("flag" != true);

-- CreateIndex
CREATE INDEX "no text" ON "Partial"("id") WHERE ("the text" = '');

-- CreateIndex
CREATE INDEX "Partial_big_idx" ON "Partial" USING HASH ("big") WHERE (lower("the text") = 'a' OR (big > 3 AND flag));

-- CreateIndex
CREATE UNIQUE INDEX "Partial_big_price_key" ON "Partial"("big", "price") WHERE (at is not null and "the text" <> '');

-- CreateIndex
CREATE UNIQUE INDEX "View_type_key" ON "View"("type");

-- CreateIndex
CREATE INDEX "Lists_smalls_idx" ON "base"."Lists" USING GIN ("smalls" array_ops);

-- CreateIndex
CREATE UNIQUE INDEX "Lists_chars_key" ON "base"."Lists"("chars");

-- CreateIndex
CREATE INDEX "Times_b_idx" ON "base"."Times" USING BRIN ("b" timestamp_minmax_multi_ops);

-- CreateIndex
CREATE INDEX "Times_g_idx" ON "base"."Times" USING BRIN ("g" date_bloom_ops);

-- CreateIndex
CREATE INDEX "Times_h_idx" ON "base"."Times" USING BRIN ("h" time_bloom_ops);

-- CreateIndex
CREATE INDEX "Times_i_idx" ON "base"."Times" USING BRIN ("i" timetz_minmax_multi_ops);

-- CreateIndex
CREATE INDEX "bloom" ON "base"."Times" USING BRIN ("j" timestamptz_bloom_ops);

-- CreateIndex
CREATE INDEX "minmax" ON "base"."Times" USING BRIN ("j" timestamptz_minmax_ops);

-- CreateIndex
CREATE UNIQUE INDEX "Texts_i_key" ON "base"."Texts"("i");

-- CreateIndex
CREATE INDEX "Texts_j_idx" ON "base"."Texts" USING BRIN ("j" varbit_minmax_ops);

-- CreateIndex
CREATE INDEX "Texts_a_n_idx" ON "base"."Texts"("a" text_pattern_ops DESC, "n" ASC);

-- CreateIndex
CREATE INDEX "Texts_f_idx" ON "base"."Texts" USING SPGIST ("f" inet_ops);

-- CreateIndex
CREATE UNIQUE INDEX "Unsupported__f_key" ON "base"."Unsupported_"("f");

-- CreateIndex
CREATE INDEX "document" ON "base"."Unsupported_" USING GIN ("c");

-- CreateIndex
CREATE INDEX "Unsupported__a_idx" ON "base"."Unsupported_" USING GIST ("a" vector_l2_ops);

-- CreateIndex
CREATE UNIQUE INDEX "Unsupported__d_f_key" ON "base"."Unsupported_"("d", "f");

-- CreateIndex
CREATE INDEX "_f_B_index" ON "base"."_f"("B");

-- CreateIndex
CREATE INDEX "_bToc_B_index" ON "Weird Name"."_bToc"("B");

-- CreateIndex
CREATE INDEX "_ATob_B_index" ON "base"."_ATob"("B");

-- CreateIndex
CREATE INDEX "_one two_B_index" ON "base"."_one two"("B");

-- CreateIndex
CREATE INDEX "_LongToLonger_B_index" ON "_LongToLonger"("B");

-- AddForeignKey
ALTER TABLE "Weird Name"."a table. ü" ADD CONSTRAINT "a table. ü_kind_its day_fkey" FOREIGN KEY ("kind", "its day") REFERENCES "base"."Key"("kind", "the day") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Weird Name"."a table. ü" ADD CONSTRAINT "a table. ü_x_y_fkey" FOREIGN KEY ("x", "y") REFERENCES "base"."Key"("x", "y") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Weird Name"."a table. ü" ADD CONSTRAINT "a table. ü_code_fkey" FOREIGN KEY ("code") REFERENCES "base"."Key"("the code") ON DELETE SET NULL ON UPDATE SET NULL;

-- AddForeignKey
ALTER TABLE "Weird Name"."a table. ü" ADD CONSTRAINT "fk of none" FOREIGN KEY ("other") REFERENCES "base"."Key"("the code") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Weird Name"."a table. ü" ADD CONSTRAINT "a table. ü_fixed_fkey" FOREIGN KEY ("fixed") REFERENCES "base"."Key"("the code") ON DELETE SET DEFAULT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "base"."Chain" ADD CONSTRAINT "Chain_nextId_fkey" FOREIGN KEY ("nextId") REFERENCES "base"."Chain"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "base"."Chain" ADD CONSTRAINT "Chain_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "base"."Chain"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Hidden" ADD CONSTRAINT "Hidden_bId_fkey" FOREIGN KEY ("bId") REFERENCES "Chained"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "base"."_f" ADD CONSTRAINT "_f_A_fkey" FOREIGN KEY ("A") REFERENCES "base"."Chain"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "base"."_f" ADD CONSTRAINT "_f_B_fkey" FOREIGN KEY ("B") REFERENCES "base"."Chain"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Weird Name"."_bToc" ADD CONSTRAINT "_bToc_A_fkey" FOREIGN KEY ("A") REFERENCES "Weird Name"."0b"("b_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Weird Name"."_bToc" ADD CONSTRAINT "_bToc_B_fkey" FOREIGN KEY ("B") REFERENCES "c"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "base"."_ATob" ADD CONSTRAINT "_ATob_A_fkey" FOREIGN KEY ("A") REFERENCES "base"."A"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "base"."_ATob" ADD CONSTRAINT "_ATob_B_fkey" FOREIGN KEY ("B") REFERENCES "Weird Name"."0b"("b_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "base"."_one two" ADD CONSTRAINT "_one two_A_fkey" FOREIGN KEY ("A") REFERENCES "base"."A"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "base"."_one two" ADD CONSTRAINT "_one two_B_fkey" FOREIGN KEY ("B") REFERENCES "Weird Name"."0b"("b_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_LongToLonger" ADD CONSTRAINT "_LongToLonger_A_fkey" FOREIGN KEY ("A") REFERENCES "a_table_with_a_name_that_is_longer_than_the_sixty_three_bytes_that_fit"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_LongToLonger" ADD CONSTRAINT "_LongToLonger_B_fkey" FOREIGN KEY ("B") REFERENCES "Longer"("id") ON DELETE CASCADE ON UPDATE CASCADE;
