// The same as schema.sql.
import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint, bigserial, bit, boolean, char, check, cidr, customType, date, doublePrecision, foreignKey, index, inet,
  integer, interval, json, jsonb, numeric, pgEnum, pgTable, point, primaryKey, real, serial, smallint, text, time,
  timestamp, unique, uniqueIndex, uuid, varchar,
} from "drizzle-orm/pg-core";

const citext = customType<{ data: string }>({ dataType: () => "citext" });
const varbit = customType<{ data: string; config: { length: number } }>({
  dataType: (config) => `varbit(${config?.length ?? 1})`,
});
const xml = customType<{ data: string }>({ dataType: () => "xml" });
const oid = customType<{ data: number }>({ dataType: () => "oid" });
const money = customType<{ data: string }>({ dataType: () => "money" });
const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

const cascade = { onDelete: "cascade", onUpdate: "cascade" } as const;
const restrict = { onDelete: "restrict", onUpdate: "cascade" } as const;
const millis = () => timestamp({ precision: 3 });
const zoned = (precision: 3 | 6 = 6) => timestamp({ precision, withTimezone: true });

export const role = pgEnum("Role", ["BUYER", "SELLER", "ADMIN"]);
export const orderState = pgEnum("OrderState", ["open", "paid", "sent", "returned"]);
export const currency = pgEnum("currency", ["EUR", "USD", "VND"]);

export const account = pgTable(
  "Account",
  {
    id: text().primaryKey().$defaultFn(() => crypto.randomUUID()),
    email: varchar({ length: 200 }).notNull().unique(),
    passwordHash: text().notNull(),
    role: role().notNull().default("BUYER"),
    points: integer().notNull().default(0),
    createdAt: millis().notNull().defaultNow(),
    updatedAt: millis().notNull().$onUpdate(() => new Date()),
  },
  (t) => [uniqueIndex("account_email_folded").on(sql`lower(${t.email})`)],
);
export const profile = pgTable("Profile", {
  accountId: text().primaryKey().references(() => account.id, cascade),
  displayName: text().notNull(),
  bio: text(),
  birthDate: date(),
  settings: jsonb().notNull().default({ theme: "dark", size: 2 }),
  tags: text().array().notNull().default([]),
});
export const session = pgTable(
  "Session",
  {
    id: uuid().primaryKey().defaultRandom(),
    accountId: text().notNull().references(() => account.id, cascade),
    token: char({ length: 32 }).notNull().unique(),
    address: inet(),
    expiresAt: zoned().notNull(),
  },
  (t) => [index().on(t.accountId), index("Session_expiresAt_idx").on(t.expiresAt.desc().nullsFirst())],
);
export const textTypes = pgTable("text_types", {
  id: serial().primaryKey(),
  plain: text(),
  short: varchar({ length: 20 }).notNull().default("it's"),
  endless: varchar(),
  fixed: char({ length: 3 }),
  folded: citext(),
  code: uuid(),
  bits: bit({ dimensions: 4 }),
  more_bits: varbit({ length: 8 }),
  markup: xml(),
});
export const numberTypes = pgTable("number_types", {
  id: bigserial({ mode: "bigint" }).primaryKey(),
  small: smallint().notNull().default(1),
  whole: integer().notNull().default(-5),
  big: bigint({ mode: "bigint" }).notNull().default(sql`9007199254740993`),
  single: real(),
  double: doublePrecision().default(1.5),
  amount: numeric({ precision: 12, scale: 2 }).notNull().default("0"),
  exact: numeric({ precision: 65, scale: 30 }),
  kind: oid(),
  price: money(),
});
export const timeTypes = pgTable("time_types", {
  id: serial().primaryKey(),
  day: date().default(sql`CURRENT_DATE`),
  at: time({ precision: 6 }),
  at_zone: time({ precision: 6, withTimezone: true }),
  moment: timestamp().defaultNow(),
  moment_zone: zoned(3).notNull().defaultNow(),
  duration: interval(),
});
export const otherTypes = pgTable("other_types", {
  id: serial().primaryKey(),
  yes: boolean().notNull().default(true),
  raw: bytea(),
  doc: json(),
  tree: jsonb().default([]),
  network: cidr(),
  spot: point(),
});
export const listTypes = pgTable("list_types", {
  id: serial().primaryKey(),
  words: text().array().notNull().default(["a", "b"]),
  numbers: integer().array(),
  roles: role().array(),
  moments: zoned().array(),
});
export const category = pgTable(
  "Category",
  {
    id: serial().primaryKey(),
    slug: text().notNull().unique(),
    name: jsonb().notNull(),
    parentId: integer().references((): AnyPgColumn => category.id, { onDelete: "set null", onUpdate: "cascade" }),
  },
  (t) => [index().on(t.parentId)],
);
export const product = pgTable(
  "Product",
  {
    id: text().primaryKey(),
    sku: varchar({ length: 40 }).notNull(),
    title: text().notNull(),
    categoryId: integer().notNull().references(() => category.id, restrict),
    price: numeric({ precision: 12, scale: 2 }).notNull(),
    currency: currency().notNull().default("EUR"),
    isActive: boolean().notNull().default(true),
    attributes: jsonb(),
  },
  (t) => [
    uniqueIndex("Product_sku_key").on(t.sku),
    index("Product_category_price_idx").on(t.categoryId, t.price.desc().nullsFirst()),
    index("Product_attributes_idx").using("gin", t.attributes.op("jsonb_path_ops")),
  ],
);
export const price = pgTable(
  "Price",
  {
    productId: text().notNull().references(() => product.id, cascade),
    validFrom: date().notNull(),
    currency: currency().notNull(),
    amount: numeric({ precision: 12, scale: 2 }).notNull(),
  },
  (t) => [primaryKey({ name: "price_key", columns: [t.productId, t.currency, t.validFrom] })],
);
export const warehouse = pgTable(
  "Warehouse",
  {
    id: serial().primaryKey(),
    name: text().notNull(),
    latitude: doublePrecision(),
    longitude: doublePrecision(),
  },
  (t) => [unique("one_name_per_place").on(t.name, t.latitude, t.longitude)],
);
export const stock = pgTable(
  "Stock",
  {
    productId: text().notNull().references(() => product.id, cascade),
    warehouseId: integer().notNull().references(() => warehouse.id, cascade),
    quantity: integer().notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.productId, t.warehouseId] }), index().using("hash", t.warehouseId)],
);
export const order = pgTable(
  "Order",
  {
    id: bigserial({ mode: "number" }).primaryKey(),
    accountId: text().notNull().references(() => account.id, restrict),
    state: orderState().notNull().default("open"),
    note: text(),
    total: numeric({ precision: 12, scale: 2 }).notNull().default("0.00"),
    placedAt: zoned().notNull().defaultNow(),
  },
  (t) => [index("Order_accountId_placedAt_idx").on(t.accountId, t.placedAt.desc().nullsFirst())],
);
export const orderLine = pgTable(
  "OrderLine",
  {
    orderId: bigint({ mode: "number" }).notNull().references(() => order.id, cascade),
    line: smallint().notNull(),
    productId: text().notNull().references(() => product.id, restrict),
    quantity: integer().notNull().default(1),
    warehouseId: integer(),
  },
  (t) => [
    primaryKey({ columns: [t.orderId, t.line] }),
    foreignKey({
      columns: [t.productId, t.warehouseId],
      foreignColumns: [stock.productId, stock.warehouseId],
    })
      .onDelete("restrict")
      .onUpdate("cascade"),
  ],
);
export const shipments = pgTable(
  "shipments",
  {
    id: uuid("shipment_id").primaryKey().defaultRandom(),
    orderId: bigint("order_id", { mode: "number" }).notNull().references(() => order.id, restrict),
    shippedAt: timestamp("shipped_at", { precision: 6, withTimezone: true }),
    trackingCode: text("tracking_code"),
  },
  (t) => [index("shipments_by_order").on(t.orderId)],
);
export const review = pgTable(
  "Review",
  {
    id: serial().primaryKey(),
    productId: text().notNull().references(() => product.id, cascade),
    authorId: text().references(() => account.id, { onDelete: "set null", onUpdate: "cascade" }),
    stars: smallint().notNull(),
    body: text(),
  },
  (t) => [unique().on(t.productId, t.authorId)],
);
export const coupon = pgTable("Coupon", {
  code: text().primaryKey(),
  percent: numeric({ precision: 5, scale: 2 }).notNull(),
  validUntil: millis(),
});
export const couponToProduct = pgTable(
  "_CouponToProduct",
  {
    A: text().notNull().references(() => coupon.code, cascade),
    B: text().notNull().references(() => product.id, cascade),
  },
  (t) => [
    primaryKey({ name: "_CouponToProduct_AB_pkey", columns: [t.A, t.B] }),
    index("_CouponToProduct_B_index").on(t.B),
  ],
);
export const follow = pgTable(
  "Follow",
  {
    followerId: text().notNull().references(() => account.id, cascade),
    followedId: text().notNull().references(() => account.id, cascade),
    since: millis().notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.followerId, t.followedId] })],
);
export const auditLog = pgTable(
  "audit_log",
  {
    id: bigserial({ mode: "bigint" }).primaryKey(),
    actor: text(),
    action: text().notNull(),
    payload: jsonb().notNull().default({}),
    at: zoned().notNull().defaultNow(),
  },
  (t) => [index().on(t.at), index().using("brin", t.id)],
);
export const numbered = pgTable(
  "numbered",
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    width: integer().notNull(),
    height: integer().notNull(),
    area: integer().generatedAlwaysAs(sql`width * height`),
  },
  (t) => [
    check("positive", sql`${t.width} > 0`),
    check("not_too_long", sql`${t.width} + ${t.height} <= 1000`),
    index("numbered_low").on(t.height).where(sql`${t.height} < 10`),
  ],
);
