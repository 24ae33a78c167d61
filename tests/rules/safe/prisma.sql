==== a new model with relations and indexes
CREATE TABLE "User" ("id" TEXT NOT NULL, "email" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
---
-- CreateEnum
CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');

-- CreateTable
CREATE TABLE "Post" (
    "id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "authorId" TEXT NOT NULL,
    "role" "Role" NOT NULL DEFAULT 'USER',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Post_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Post_authorId_idx" ON "Post"("authorId");

-- CreateIndex
CREATE UNIQUE INDEX "Post_title_key" ON "Post"("title");

-- AddForeignKey
ALTER TABLE "Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
==== an optional field
CREATE TABLE "User" ("id" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
---
-- AlterTable
ALTER TABLE "User" ADD COLUMN     "nickname" TEXT,
ADD COLUMN     "loginCount" INTEGER NOT NULL DEFAULT 0;
==== a field with now() as default
CREATE TABLE "User" ("id" TEXT NOT NULL PRIMARY KEY);
---
ALTER TABLE "User" ADD COLUMN "seenAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
==== a field becomes optional
CREATE TABLE "User" ("id" TEXT PRIMARY KEY, "name" TEXT NOT NULL);
---
ALTER TABLE "User" ALTER COLUMN "name" DROP NOT NULL;
==== a default is set and another dropped
CREATE TABLE "User" ("id" TEXT PRIMARY KEY, "name" TEXT DEFAULT 'x', "age" INTEGER NOT NULL);
---
ALTER TABLE "User" ALTER COLUMN "age" SET DEFAULT 0;
ALTER TABLE "User" ALTER COLUMN "name" DROP DEFAULT;
==== an enum gains a value
CREATE TYPE "Status" AS ENUM ('OPEN');
CREATE TABLE "Ticket" ("id" TEXT PRIMARY KEY, "status" "Status" NOT NULL DEFAULT 'OPEN');
---
-- AlterEnum
ALTER TYPE "Status" ADD VALUE 'CLOSED';
==== an implicit many-to-many table
CREATE TABLE "Post" ("id" INTEGER NOT NULL PRIMARY KEY);
CREATE TABLE "Tag" ("id" INTEGER NOT NULL PRIMARY KEY);
---
CREATE TABLE "_PostToTag" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,
    CONSTRAINT "_PostToTag_AB_pkey" PRIMARY KEY ("A","B")
);
CREATE INDEX "_PostToTag_B_index" ON "_PostToTag"("B");
ALTER TABLE "_PostToTag" ADD CONSTRAINT "_PostToTag_A_fkey" FOREIGN KEY ("A") REFERENCES "Post"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "_PostToTag" ADD CONSTRAINT "_PostToTag_B_fkey" FOREIGN KEY ("B") REFERENCES "Tag"("id") ON DELETE CASCADE ON UPDATE CASCADE;
==== a longer varchar
CREATE TABLE "User" ("id" TEXT PRIMARY KEY, "code" VARCHAR(20) NOT NULL);
---
ALTER TABLE "User" ALTER COLUMN "code" SET DATA TYPE VARCHAR(50);
==== a varchar becomes text
CREATE TABLE "User" ("id" TEXT PRIMARY KEY, "code" VARCHAR(20) NOT NULL);
CREATE UNIQUE INDEX "User_code_key" ON "User"("code");
---
ALTER TABLE "User" ALTER COLUMN "code" SET DATA TYPE TEXT;
==== an index that stands alone in its file
CREATE TABLE "User" ("id" TEXT PRIMARY KEY, "code" TEXT);
---
-- dbtools: no-transaction
CREATE INDEX CONCURRENTLY "User_code_idx" ON "User"("code");
==== an index is renamed
CREATE TABLE "User" ("id" TEXT PRIMARY KEY, "code" TEXT);
CREATE INDEX "User_code" ON "User"("code");
---
-- RenameIndex
ALTER INDEX "User_code" RENAME TO "User_code_idx";
==== two models that refer to each other
CREATE TABLE "Team" ("id" TEXT NOT NULL, "leadId" TEXT, CONSTRAINT "Team_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Member" ("id" TEXT NOT NULL, "teamId" TEXT NOT NULL, CONSTRAINT "Member_pkey" PRIMARY KEY ("id"));
CREATE INDEX "Member_teamId_idx" ON "Member"("teamId");
ALTER TABLE "Team" ADD CONSTRAINT "Team_leadId_fkey" FOREIGN KEY ("leadId") REFERENCES "Member"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Member" ADD CONSTRAINT "Member_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "Team"("id") ON DELETE CASCADE ON UPDATE CASCADE;
==== jsonb, arrays, decimals
CREATE TABLE "Event" (
    "id" SERIAL NOT NULL, "data" JSONB NOT NULL DEFAULT '{}', "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "price" DECIMAL(65,30) NOT NULL, "at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "Event_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "Event_data_idx" ON "Event" USING GIN ("data");
==== a uuid key made by the database
CREATE TABLE "Session" ("id" UUID NOT NULL DEFAULT gen_random_uuid(), CONSTRAINT "Session_pkey" PRIMARY KEY ("id"));
---
ALTER TABLE "Session" ADD COLUMN "userAgent" TEXT;
==== a default changes to a new label in the next migration
CREATE TYPE "Status" AS ENUM ('OPEN');
CREATE TABLE "Ticket" ("id" TEXT PRIMARY KEY, "status" "Status" NOT NULL DEFAULT 'OPEN');
---
ALTER TYPE "Status" ADD VALUE 'NEW' BEFORE 'OPEN';
---
ALTER TABLE "Ticket" ALTER COLUMN "status" SET DEFAULT 'NEW';
==== a mapped name in snake case
CREATE TABLE "user_profiles" ("id" BIGSERIAL NOT NULL, "user_id" BIGINT NOT NULL, CONSTRAINT "user_profiles_pkey" PRIMARY KEY ("id"));
CREATE UNIQUE INDEX "user_profiles_user_id_key" ON "user_profiles"("user_id");
