"""One small shop, once as a Prisma schema and once as SQL, which say the same."""

from dbtools.drift import DriftSettings, drift
from dbtools.sources import migrations, prisma

PRISMA = """\
datasource db {
  provider = "postgresql"
}
enum Role {
  BUYER
  SELLER
}
model Shop {
  id      String   @id @default(uuid())
  name    String   @unique
  owner   User?
  orders  Order[]
}
model User {
  id        Int       @id @default(autoincrement())
  email     String    @unique @db.VarChar(200)
  nickName  String
  role      Role      @default(BUYER)
  points    Int       @default(0)
  rating    Decimal   @default(0) @db.Decimal(5, 2)
  active    Boolean   @default(true)
  tags      String[]  @default([])
  notes     Json?
  token     String    @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  shopId    String?   @unique
  createdAt DateTime  @default(now())
  seenAt    DateTime? @db.Timestamptz(6)
  updatedAt DateTime  @updatedAt
  shop      Shop?     @relation(fields: [shopId], references: [id])
  orders    Order[]
  @@index([role, points(sort: Desc)])
}
model Order {
  userId Int
  shopId String
  number Int
  weight Float?
  user   User  @relation(fields: [userId], references: [id], onDelete: Cascade)
  shop   Shop  @relation(fields: [shopId], references: [id])
  @@id([userId, number])
  @@unique([shopId, number])
  @@index([number])
}
"""
SQL = """\
CREATE TYPE "Role" AS ENUM ('BUYER', 'SELLER');
CREATE TABLE "Shop" (
  id text PRIMARY KEY,
  name text NOT NULL UNIQUE
);
CREATE TABLE "User" (
  id serial PRIMARY KEY,
  email varchar(200) NOT NULL UNIQUE,
  "nickName" text NOT NULL,
  role "Role" NOT NULL DEFAULT 'BUYER',
  points integer NOT NULL DEFAULT 0,
  rating numeric(5,2) NOT NULL DEFAULT 0,
  active boolean NOT NULL DEFAULT true,
  tags text[] NOT NULL DEFAULT '{}',
  notes jsonb,
  token uuid NOT NULL DEFAULT gen_random_uuid(),
  "shopId" text UNIQUE REFERENCES "Shop" ON DELETE SET NULL ON UPDATE CASCADE,
  "createdAt" timestamp(3) NOT NULL DEFAULT now(),
  "seenAt" timestamptz,
  "updatedAt" timestamp(3) NOT NULL
);
CREATE INDEX by_role ON "User" (role, points DESC);
CREATE TABLE "Order" (
  "userId" integer REFERENCES "User" (id) ON DELETE CASCADE ON UPDATE CASCADE,
  "shopId" text NOT NULL REFERENCES "Shop" ON DELETE RESTRICT ON UPDATE CASCADE,
  number integer NOT NULL,
  weight double precision,
  PRIMARY KEY ("userId", number),
  UNIQUE ("shopId", number)
);
CREATE INDEX ON "Order" (number);
"""


def as_prisma(text, where="schema.prisma"):
    return prisma.read_texts({where: text}, where)


def as_sql(text, kind="sql", where="schema.sql"):
    return migrations.reading(kind, where, [(where, text)])


def edited(text, old, new):
    """*text* with the one place that says *old* saying *new*."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def compare(*readings, truth=""):
    return drift(readings, DriftSettings(truth))
