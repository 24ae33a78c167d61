==== structure.sql from the beginning
SET statement_timeout = 0;
SET lock_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET default_table_access_method = heap;
CREATE TABLE public.ar_internal_metadata (
    key character varying NOT NULL,
    value character varying,
    created_at timestamp(6) without time zone NOT NULL,
    updated_at timestamp(6) without time zone NOT NULL
);
CREATE TABLE public.schema_migrations (version character varying NOT NULL);
CREATE TABLE public.users (id bigint NOT NULL, email character varying DEFAULT ''::character varying NOT NULL);
CREATE SEQUENCE public.users_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE public.users_id_seq OWNED BY public.users.id;
ALTER TABLE ONLY public.users ALTER COLUMN id SET DEFAULT nextval('public.users_id_seq'::regclass);
ALTER TABLE ONLY public.ar_internal_metadata ADD CONSTRAINT ar_internal_metadata_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.schema_migrations ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX index_users_on_email ON public.users USING btree (email);
SET search_path TO "$user", public;
INSERT INTO "schema_migrations" (version) VALUES ('20240101000000');
==== add_column and change_column_null off
CREATE TABLE users (id bigserial PRIMARY KEY, name character varying NOT NULL);
---
ALTER TABLE "users" ADD "admin" boolean DEFAULT FALSE NOT NULL;
ALTER TABLE "users" ADD "locale" character varying DEFAULT 'en';
ALTER TABLE "users" ALTER COLUMN "name" DROP NOT NULL;
==== add_reference with its own concurrent index
CREATE TABLE users (id bigserial PRIMARY KEY);
CREATE TABLE posts (id bigserial PRIMARY KEY);
---
ALTER TABLE "posts" ADD "user_id" bigint;
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY "index_posts_on_user_id" ON "posts" ("user_id");
---
ALTER TABLE "posts" ADD CONSTRAINT "fk_rails_5b5ddfd518" FOREIGN KEY ("user_id") REFERENCES "users" ("id") NOT VALID;
---
ALTER TABLE "posts" VALIDATE CONSTRAINT "fk_rails_5b5ddfd518";
==== create_table with references and timestamps
CREATE TABLE "users" ("id" bigserial primary key);
---
CREATE TABLE "posts" ("id" bigserial primary key, "user_id" bigint NOT NULL, "title" character varying, "created_at" timestamp(6) NOT NULL, "updated_at" timestamp(6) NOT NULL, CONSTRAINT "fk_rails_5b5ddfd518" FOREIGN KEY ("user_id") REFERENCES "users" ("id"));
CREATE INDEX "index_posts_on_user_id" ON "posts" ("user_id");
==== a not null by way of a check
CREATE TABLE users (id bigserial PRIMARY KEY, name text);
---
ALTER TABLE users ADD CONSTRAINT users_name_null CHECK (name IS NOT NULL) NOT VALID;
---
ALTER TABLE users VALIDATE CONSTRAINT users_name_null;
---
ALTER TABLE users ALTER COLUMN name SET NOT NULL;
ALTER TABLE users DROP CONSTRAINT users_name_null;
==== extensions and their types
CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog;
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;
CREATE TABLE users (id bigserial PRIMARY KEY, email citext NOT NULL);
CREATE UNIQUE INDEX index_users_on_email ON users USING btree (email);
==== an index is dropped beside the traffic
CREATE TABLE users (id bigserial PRIMARY KEY, email text);
CREATE INDEX index_users_on_email ON users (email);
---
-- dbtools: no-transaction
DROP INDEX CONCURRENTLY "index_users_on_email";
==== a comment on everything
CREATE TABLE users (id bigserial PRIMARY KEY, email text);
CREATE INDEX index_users_on_email ON users (email);
---
COMMENT ON TABLE "users" IS 'people';
COMMENT ON COLUMN "users"."email" IS 'lower case';
COMMENT ON INDEX index_users_on_email IS 'login';
==== a materialized view beside the tables
CREATE TABLE users (id bigserial PRIMARY KEY, team int);
---
CREATE MATERIALIZED VIEW team_sizes AS SELECT team, count(*) AS n FROM users GROUP BY team;
CREATE UNIQUE INDEX index_team_sizes_on_team ON team_sizes (team);
==== a sequence is owned and set
CREATE TABLE users (id bigint PRIMARY KEY);
---
CREATE SEQUENCE users_id_seq;
ALTER TABLE users ALTER COLUMN id SET DEFAULT nextval('users_id_seq');
ALTER SEQUENCE users_id_seq OWNED BY users.id;
SELECT setval('users_id_seq', 1000);
