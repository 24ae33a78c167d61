CREATE TABLE "userAccounts" (
	"user_id" uuid DEFAULT gen_random_uuid(),
	"html_body" text,
	"user_id2" text,
	"givenName" text,
	"version2_name" text NOT NULL,
	CONSTRAINT "userAccounts_user_id_version2_name_pk" PRIMARY KEY("user_id","version2_name"),
	CONSTRAINT "userAccounts_HTMLBody_unique" UNIQUE("html_body"),
	CONSTRAINT "userAccounts_givenName_unique" UNIQUE("givenName"),
	CONSTRAINT "userAccounts_HTMLBody_givenName_unique" UNIQUE("html_body","givenName"),
	CONSTRAINT "someCheck" CHECK ("userAccounts"."html_body" <> '')
);
--> statement-breakpoint
CREATE TABLE "userPosts" (
	"author_id" uuid NOT NULL,
	"author_name" text,
	"body" text
);
--> statement-breakpoint
ALTER TABLE "userPosts" ADD CONSTRAINT "userPosts_body_userAccounts_html_body_fk" FOREIGN KEY ("body") REFERENCES "public"."userAccounts"("html_body") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "userPosts" ADD CONSTRAINT "userPosts_author_id_author_name_userAccounts_user_id_version2_name_fk" FOREIGN KEY ("author_id","author_name") REFERENCES "public"."userAccounts"("user_id","version2_name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "userAccounts_html_body_givenName_index" ON "userAccounts" USING btree ("html_body","givenName");--> statement-breakpoint
CREATE INDEX "htmlIdx" ON "userAccounts" USING btree (lower("html_body"));
