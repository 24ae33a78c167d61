import { relations, sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgEnum,
  pgPolicy,
  pgSchema,
  pgSequence,
  pgTable,
  pgView,
  primaryKey,
  serial,
  text,
  unique,
  uniqueIndex,
  varchar,
} from "drizzle-orm/pg-core";
import { LENGTHS, appTable, citext, flags, id, timestamps } from "./parts/shared";

const ROLES = ["admin", "member", "it's"] as const;
enum Level {
  Low = "low",
  High = "high",
}
export const role = pgEnum("role", ROLES);
export const level = pgEnum("level", Level);
export const audit = pgSchema("audit");
export const outcome = audit.enum("outcome", [...ROLES.slice(0, 1), "Other Label"]);
export const ticket = pgSequence("ticket", { startWith: 100 });
const unseen = pgEnum("unseen", ["a"]);

export const users = pgTable(
  "users",
  {
    id: id(),
    email: citext("email").notNull().unique(),
    name: varchar({ length: LENGTHS.name }).notNull().default("it's \"me\"\n"),
    role: role("role").notNull().default(role.enumValues[1]),
    level: level().default(Level.High),
    bossId: integer("boss_id").references((): AnyPgColumn => users.number, { onDelete: "set null" }),
    number: serial("number").notNull(),
    settings: jsonb("settings").$type<{ a: number }>().default({ a: 1, b: ["x", null, true] }),
    handle: text().unique("handle_key", { nulls: "not distinct" }),
    lower: text("lower_name").generatedAlwaysAs((): any => sql`lower(${users.name})`),
    label: text().generatedAlwaysAs(sql<string | null>`'#' || number`),
    ...flags("active", "banned"),
    ...timestamps,
  },
  (table) => [
    uniqueIndex("users_lower").on(sql`lower(${table.email})`),
    uniqueIndex().on(table.number, table.role.desc().nullsFirst()).where(sql`${table.bossId} is not null and ${table.role} = 'admin'`),
    index("by_settings").using("gin", table.settings.op("jsonb_path_ops")).with({ fastupdate: false }),
    index("by_prefix").on(table.name.asc().op("varchar_pattern_ops"), sql`${table.createdAt} desc nulls last`),
    index().on(table.name.asc(), table.createdAt.desc(), table.updatedAt.nullsFirst()).concurrently(),
    unique("users_name_boss").on(table.name, table.bossId).nullsNotDistinct(),
    unique().on(table.role, table.level),
    check("positive", sql`${table.number} > 0 and ${sql.raw("true")}`),
    pgPolicy("readable", { for: "select", using: sql`true` }),
  ],
);

export const members = appTable(
  "Members",
  (t) => ({
    userId: t.uuid("user_id").references(() => users.id, { onDelete: "cascade", onUpdate: "restrict" }),
    groupId: t.integer("group_id").notNull(),
    since: t.date().default("2024-02-29"),
    seen: t.date({ mode: "date" }).default(new Date("2024-02-29T12:00:00.000Z")),
    at: t.timestamp().default(new Date("2024-02-29T12:00:00.000Z")),
    atZone: t.timestamp({ withTimezone: true }).default(new Date("2024-02-29T12:00:00.000Z")),
  }),
  ({ userId, groupId }) => ({
    pk: primaryKey({ columns: [userId, groupId] }),
    group: foreignKey({ columns: [groupId], foreignColumns: [groups.id], name: "members_group" }).onDelete("cascade"),
  }),
);

export const groups = audit
  .table(
    "groups",
    {
      id: integer().primaryKey().generatedAlwaysAsIdentity({ startWith: 100 }),
      other: integer().generatedByDefaultAsIdentity(),
      outcome: outcome("outcome").array().notNull().default(["admin"]),
      owner: text("owner"),
      ownerTag: text("owner_tag"),
    },
    (t) => [
      foreignKey({ columns: [t.owner, t.ownerTag], foreignColumns: [pairs.a, pairs.b] }).onUpdate("cascade"),
      check("audit_check", sql`${t.id} between 1 and 10`),
    ],
  )
  .enableRLS();

export const pairs = pgTable("pairs", { a: text().notNull(), b: text().notNull() }, (t) => [
  primaryKey({ name: "pairs_key", columns: [t.a, t.b] }),
]);

export const adults = pgView("adults", { id: integer("user_id"), name: text() }).as(sql`select 1, 'x'`);
export const usersRelations = relations(users, ({ many }) => ({ members: many(members) }));
export const insertUser = { unseen, of: (value: typeof users.$inferInsert) => value };
export type User = typeof users.$inferSelect;
