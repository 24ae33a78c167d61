import { sql } from "drizzle-orm";
import { check, foreignKey, index, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";

export const userAccounts = pgTable(
  "userAccounts",
  {
    userID: uuid().defaultRandom(),
    HTMLBody: text().unique(),
    user_id2: text(),
    givenName: text("givenName").unique(),
    version2Name: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userID, t.version2Name] }),
    unique().on(t.HTMLBody, t.givenName),
    index().on(t.HTMLBody, t.givenName),
    index("htmlIdx").on(sql`lower(${t.HTMLBody})`),
    check("someCheck", sql`${t.HTMLBody} <> ''`),
  ],
);

export const userPosts = pgTable(
  "userPosts",
  { authorID: uuid().notNull(), authorName: text(), body: text().references(() => userAccounts.HTMLBody) },
  (t) => [
    foreignKey({ columns: [t.authorID, t.authorName], foreignColumns: [userAccounts.userID, userAccounts.version2Name] }),
  ],
);
