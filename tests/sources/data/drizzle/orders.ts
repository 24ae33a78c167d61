import { and, eq, isNotNull, isNull, or, sql } from "drizzle-orm";
import { type PgColumnBuilderBase, boolean, index, integer, pgTable, smallint, text, uniqueIndex } from "drizzle-orm/pg-core";
import { bytea, id, money, timestamps } from "./parts/shared";
import type { Nothing } from "./nothing";
import { users } from "./users";

const STATES = { open: "open", done: "done" } as const;

function tracked<T extends Record<string, PgColumnBuilderBase>>(name: string, columns: T) {
  return pgTable(name, { id: id({ client: true }), ...columns, ...timestamps });
}

const withOwner = <T extends object>(columns: T, owned = true) => ({
  ...columns,
  ...(owned ? { ownerId: text("owner_id").notNull() } : {}),
  ...(owned && { shared: boolean().default(!owned) }),
});

function loops() {
  const made: Record<string, PgColumnBuilderBase> = {};
  for (const [key, position] of Object.entries({ first: 1, second: 2 })) {
    made[`${key}_${position}`] = smallint().default(position);
  }
  return made;
}

export const orders = tracked("orders", {
  ...withOwner({ total: money("total").notNull() }),
  ...withOwner({ tax: money("tax", 5) }, false),
  ...loops(),
  state: text("state", { enum: [STATES.open, STATES.done] })
    .notNull()
    .default(STATES.open),
});

export const lines = pgTable(
  "order_lines",
  {
    orderId: text("order_id").notNull(),
    position: integer().notNull().default(-1),
    ["note" as const]: text("note"),
    scan: bytea("scan"),
    gone: boolean().default(false).notNull(),
    user: text().references(() => users.email),
  } satisfies Record<string, PgColumnBuilderBase>,
  (t) => ({
    open: uniqueIndex("open_lines").on(t.orderId, t.position).where(isNull(t.note)),
    either: index("either").on(t.orderId).where(or(isNotNull(t.note), isNull(t.scan))),
    nothing: index("one").on(t.gone).where(and(isNotNull(t.note))),
    same: index("same").on(t.note).where(eq(t.gone, sql`true`)),
  }),
);

export const first = pgTable("duplicate_names_are_fine_for_columns", { name: text("name"), nothing: text("nothing") });
export const statesOf = (nothing: Nothing) => Object.values(STATES).concat(nothing);
