// Reads and writes the same tables, as it was when nobody compared it.
import { index, integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

export const users = pgTable(
  "User",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    email: text("email").notNull(),
    password: text("password").notNull(),
    role: text("role").notNull().default("STUDENT"),
    points: integer("points").notNull().default(0),
    createdAt: timestamp("createdAt").notNull().defaultNow(),
    updatedAt: timestamp("updatedAt").notNull().defaultNow(),
  },
  (table) => [index("User_email_key").on(table.email)],
);

export const userStreaks = pgTable(
  "UserStreak",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    userId: uuid("userId")
      .notNull()
      .references(() => users.id, { onDelete: "cascade", onUpdate: "cascade" }),
    currentStreak: integer("currentStreak").notNull().default(0),
    lastActivityDate: timestamp("lastActivityDate").notNull(),
    createdAt: timestamp("createdAt").notNull().defaultNow(),
    updatedAt: timestamp("updatedAt").notNull().defaultNow(),
  },
  (table) => [index("UserStreak_userId_key").on(table.userId)],
);
