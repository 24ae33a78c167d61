-- One schema with every type and trick, the same as its namesakes in other languages.
CREATE EXTENSION IF NOT EXISTS citext;
CREATE TYPE "Role" AS ENUM ('BUYER', 'SELLER', 'ADMIN');
CREATE TYPE "OrderState" AS ENUM ('open', 'paid', 'sent', 'returned');
CREATE TYPE currency AS ENUM ('EUR', 'USD', 'VND');

CREATE TABLE "Account" (
  id text PRIMARY KEY,
  email varchar(200) NOT NULL UNIQUE,
  "passwordHash" text NOT NULL,
  role "Role" NOT NULL DEFAULT 'BUYER',
  points integer NOT NULL DEFAULT 0,
  "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt" timestamp(3) NOT NULL
);
CREATE TABLE "Profile" (
  "accountId" text PRIMARY KEY REFERENCES "Account" (id) ON DELETE CASCADE ON UPDATE CASCADE,
  "displayName" text NOT NULL,
  bio text,
  "birthDate" date,
  settings jsonb NOT NULL DEFAULT '{"theme": "dark", "size": 2}',
  tags text[] NOT NULL DEFAULT ARRAY[]::text[]
);
CREATE TABLE "Session" (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "accountId" text NOT NULL REFERENCES "Account" (id) ON DELETE CASCADE ON UPDATE CASCADE,
  token char(32) NOT NULL UNIQUE,
  address inet,
  "expiresAt" timestamptz(6) NOT NULL
);
CREATE INDEX "Session_accountId_idx" ON "Session" ("accountId");
CREATE INDEX "Session_expiresAt_idx" ON "Session" ("expiresAt" DESC);
CREATE TABLE text_types (
  id serial PRIMARY KEY,
  plain text,
  short varchar(20) NOT NULL DEFAULT 'it''s',
  endless varchar,
  fixed char(3),
  folded citext,
  code uuid,
  bits bit(4),
  more_bits varbit(8),
  markup xml
);
CREATE TABLE number_types (
  id bigserial PRIMARY KEY,
  small smallint NOT NULL DEFAULT 1,
  whole integer NOT NULL DEFAULT -5,
  big bigint NOT NULL DEFAULT 9007199254740993,
  single real,
  double double precision DEFAULT 1.5,
  amount numeric(12,2) NOT NULL DEFAULT 0,
  exact numeric(65,30),
  kind oid,
  price money
);
CREATE TABLE time_types (
  id serial PRIMARY KEY,
  day date DEFAULT CURRENT_DATE,
  at time(6),
  at_zone timetz(6),
  moment timestamp(6) DEFAULT now(),
  moment_zone timestamptz(3) NOT NULL DEFAULT now(),
  duration interval
);
CREATE TABLE other_types (
  id serial PRIMARY KEY,
  yes boolean NOT NULL DEFAULT true,
  raw bytea,
  doc json,
  tree jsonb DEFAULT '[]',
  network cidr,
  spot point
);
CREATE TABLE list_types (
  id serial PRIMARY KEY,
  words text[] NOT NULL DEFAULT '{a,b}',
  numbers integer[],
  roles "Role"[],
  moments timestamptz(6)[]
);
CREATE TABLE "Category" (
  id serial PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  name jsonb NOT NULL,
  "parentId" integer REFERENCES "Category" (id) ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE INDEX "Category_parentId_idx" ON "Category" ("parentId");
CREATE TABLE "Product" (
  id text PRIMARY KEY,
  sku varchar(40) NOT NULL,
  title text NOT NULL,
  "categoryId" integer NOT NULL REFERENCES "Category" (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  price numeric(12,2) NOT NULL,
  currency currency NOT NULL DEFAULT 'EUR',
  "isActive" boolean NOT NULL DEFAULT true,
  attributes jsonb
);
CREATE UNIQUE INDEX "Product_sku_key" ON "Product" (sku);
CREATE INDEX "Product_category_price_idx" ON "Product" ("categoryId", price DESC);
CREATE INDEX "Product_attributes_idx" ON "Product" USING gin (attributes jsonb_path_ops);
CREATE TABLE "Price" (
  "productId" text NOT NULL REFERENCES "Product" (id) ON DELETE CASCADE ON UPDATE CASCADE,
  "validFrom" date NOT NULL,
  currency currency NOT NULL,
  amount numeric(12,2) NOT NULL,
  CONSTRAINT price_key PRIMARY KEY ("productId", currency, "validFrom")
);
CREATE TABLE "Warehouse" (
  id serial PRIMARY KEY,
  name text NOT NULL,
  latitude double precision,
  longitude double precision,
  CONSTRAINT one_name_per_place UNIQUE (name, latitude, longitude)
);
CREATE TABLE "Stock" (
  "productId" text NOT NULL REFERENCES "Product" (id) ON DELETE CASCADE ON UPDATE CASCADE,
  "warehouseId" integer NOT NULL REFERENCES "Warehouse" (id) ON DELETE CASCADE ON UPDATE CASCADE,
  quantity integer NOT NULL DEFAULT 0,
  PRIMARY KEY ("productId", "warehouseId")
);
CREATE INDEX "Stock_warehouseId_idx" ON "Stock" USING hash ("warehouseId");
CREATE TABLE "Order" (
  id bigserial PRIMARY KEY,
  "accountId" text NOT NULL REFERENCES "Account" (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  state "OrderState" NOT NULL DEFAULT 'open',
  note text,
  total numeric(12,2) NOT NULL DEFAULT 0.00,
  "placedAt" timestamptz(6) NOT NULL DEFAULT now()
);
CREATE INDEX "Order_accountId_placedAt_idx" ON "Order" ("accountId", "placedAt" DESC);
CREATE TABLE "OrderLine" (
  "orderId" bigint NOT NULL REFERENCES "Order" (id) ON DELETE CASCADE ON UPDATE CASCADE,
  line smallint NOT NULL,
  "productId" text NOT NULL REFERENCES "Product" (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  quantity integer NOT NULL DEFAULT 1,
  "warehouseId" integer,
  PRIMARY KEY ("orderId", line),
  FOREIGN KEY ("productId", "warehouseId") REFERENCES "Stock" ("productId", "warehouseId")
    ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE TABLE shipments (
  shipment_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  order_id bigint NOT NULL REFERENCES "Order" (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  shipped_at timestamptz(6),
  tracking_code text
);
CREATE INDEX shipments_by_order ON shipments (order_id);
CREATE TABLE "Review" (
  id serial PRIMARY KEY,
  "productId" text NOT NULL REFERENCES "Product" (id) ON DELETE CASCADE ON UPDATE CASCADE,
  "authorId" text REFERENCES "Account" (id) ON DELETE SET NULL ON UPDATE CASCADE,
  stars smallint NOT NULL,
  body text,
  UNIQUE ("productId", "authorId")
);
CREATE TABLE "Coupon" (
  code text PRIMARY KEY,
  percent numeric(5,2) NOT NULL,
  "validUntil" timestamp(3)
);
CREATE TABLE "_CouponToProduct" (
  "A" text NOT NULL REFERENCES "Coupon" (code) ON DELETE CASCADE ON UPDATE CASCADE,
  "B" text NOT NULL REFERENCES "Product" (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "_CouponToProduct_AB_pkey" PRIMARY KEY ("A", "B")
);
CREATE INDEX "_CouponToProduct_B_index" ON "_CouponToProduct" ("B");
CREATE TABLE "Follow" (
  "followerId" text NOT NULL REFERENCES "Account" (id) ON DELETE CASCADE ON UPDATE CASCADE,
  "followedId" text NOT NULL REFERENCES "Account" (id) ON DELETE CASCADE ON UPDATE CASCADE,
  since timestamp(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("followerId", "followedId")
);
CREATE TABLE audit_log (
  id bigserial PRIMARY KEY,
  actor text,
  action text NOT NULL,
  payload jsonb NOT NULL DEFAULT '{}',
  at timestamptz(6) NOT NULL DEFAULT now()
);
CREATE INDEX ON audit_log (at);
CREATE INDEX ON audit_log USING brin (id);

-- What not every language has words for.
CREATE TABLE numbered (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  width integer NOT NULL CONSTRAINT positive CHECK (width > 0),
  height integer NOT NULL,
  area integer GENERATED ALWAYS AS (width * height) STORED,
  CONSTRAINT not_too_long CHECK (width + height <= 1000)
);
CREATE INDEX numbered_low ON numbered (height) WHERE height < 10;
CREATE UNIQUE INDEX account_email_folded ON "Account" (lower(email));
