import { sql } from "drizzle-orm";
import * as pg from "drizzle-orm/pg-core";

const PREFIX = "app" as const;
export const prefixed = (name: string) => `${PREFIX}_${name.toLowerCase()}`;
export const appTable = pg.pgTableCreator(prefixed);

export const LENGTHS = { name: 120, code: 2 ** 3 } satisfies Record<string, number>;

export const timestamps = {
  createdAt: pg.timestamp("created_at", { withTimezone: true, precision: 3 }).defaultNow().notNull(),
  updatedAt: pg
    .timestamp("updated_at", { withTimezone: true, precision: 3 })
    .$onUpdate(() => new Date())
    .notNull(),
};

export function id({ client = false }: { client?: boolean } = {}) {
  const column = pg.uuid("id").primaryKey();
  if (client) {
    return column.$defaultFn(() => crypto.randomUUID());
  } else return column.default(sql`gen_random_uuid()`);
}

export const money = (name: string, ...rest: number[]) => {
  const [precision = 12, scale = 2] = rest;
  return pg.numeric(name, { precision, scale });
};

export function flags<T extends string>(...names: T[]) {
  return Object.fromEntries(names.map((name) => [name, pg.boolean(`is_${name}`).default(false).notNull()] as const));
}

export const bytea = pg.customType<{ data: Buffer; default: false }>({
  dataType() {
    return "bytea";
  },
});

export const citext = pg.customType<{ data: string }>({ dataType: () => "citext" });

export const amount = pg.customType<{ data: number; config: { digits?: number } }>({
  dataType(config) {
    if (config && typeof config.digits !== "undefined") {
      return `numeric(${config.digits}, 0)`;
    }
    return "numeric";
  },
});
