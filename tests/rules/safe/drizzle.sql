==== a table, its enum and key in guarded blocks
CREATE TABLE "users" ("id" serial PRIMARY KEY NOT NULL);
---
DO $$ BEGIN
 CREATE TYPE "public"."mood" AS ENUM('sad', 'ok');
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "posts" (
	"id" serial PRIMARY KEY NOT NULL,
	"user_id" integer NOT NULL,
	"mood" "mood" DEFAULT 'ok' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "posts_user_id_unique" UNIQUE("user_id")
);
--> statement-breakpoint
DO $$ BEGIN
 ALTER TABLE "posts" ADD CONSTRAINT "posts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;
==== a guarded type that is there already
CREATE TYPE mood AS ENUM ('sad', 'ok');
---
DO $$ BEGIN
 CREATE TYPE mood AS ENUM ('sad', 'ok');
EXCEPTION WHEN duplicate_object THEN null;
END $$;
==== a guarded key that is there already
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE posts (user_id int, CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id));
---
DO $$ BEGIN
 ALTER TABLE posts ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id);
EXCEPTION WHEN duplicate_object THEN null;
END $$;
==== a key that is looked for first
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE posts (user_id int, CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id));
---
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'fk') THEN
    ALTER TABLE posts ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id);
  END IF;
END $$;
==== a column with a constant default
CREATE TABLE "users" ("id" serial PRIMARY KEY NOT NULL);
---
ALTER TABLE "users" ADD COLUMN "plan" text DEFAULT 'free' NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "settings" jsonb DEFAULT '{}'::jsonb NOT NULL;
==== columns guarded by IF NOT EXISTS
CREATE TABLE "users" ("id" serial PRIMARY KEY NOT NULL, "plan" text);
---
ALTER TABLE "users" ADD COLUMN IF NOT EXISTS "plan" text;
ALTER TABLE "users" ADD COLUMN IF NOT EXISTS "bio" text;
==== a composite key and its second index
CREATE TABLE "a" ("id" uuid PRIMARY KEY);
CREATE TABLE "b" ("id" uuid PRIMARY KEY);
---
CREATE TABLE "a_to_b" (
	"a_id" uuid NOT NULL,
	"b_id" uuid NOT NULL,
	CONSTRAINT "a_to_b_a_id_b_id_pk" PRIMARY KEY("a_id","b_id")
);
--> statement-breakpoint
ALTER TABLE "a_to_b" ADD CONSTRAINT "a_to_b_a_id_a_id_fk" FOREIGN KEY ("a_id") REFERENCES "public"."a"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "a_to_b" ADD CONSTRAINT "a_to_b_b_id_b_id_fk" FOREIGN KEY ("b_id") REFERENCES "public"."b"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "a_to_b_b_id_index" ON "a_to_b" USING btree ("b_id");
==== an expression index on a new table
CREATE TABLE "users" ("id" serial PRIMARY KEY NOT NULL, "email" varchar(255) NOT NULL);
--> statement-breakpoint
CREATE UNIQUE INDEX "email_idx" ON "users" USING btree (lower("email"));
==== a schema of its own
CREATE SCHEMA "billing";
--> statement-breakpoint
CREATE TABLE "billing"."invoices" ("id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "billing"."invoices_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1), "total" numeric(12, 2) NOT NULL);
==== row security with its policy
CREATE TABLE "notes" ("id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL, "user_id" uuid NOT NULL);
--> statement-breakpoint
ALTER TABLE "notes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY "own" ON "notes" AS PERMISSIVE FOR ALL TO public USING (true);
==== a view is replaced with a column more
CREATE TABLE users (id int, name text);
CREATE VIEW names AS SELECT id FROM users;
---
CREATE OR REPLACE VIEW names AS SELECT id, name FROM users;
==== a constraint is renamed
CREATE TABLE posts (id int CONSTRAINT posts_id_check CHECK (id > 0));
---
ALTER TABLE posts RENAME CONSTRAINT posts_id_check TO posts_id_positive;
==== a type is guarded by a look at the catalogue
CREATE TYPE mood AS ENUM ('sad');
---
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood') THEN
    CREATE TYPE mood AS ENUM ('sad');
  END IF;
END $$;
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'ok';
