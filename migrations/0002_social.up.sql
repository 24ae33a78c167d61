-- Buddy groups, posts, and who follows whom.

CREATE TYPE "BuddyGroupType" AS ENUM ('LEARNING', 'SAVING', 'INVESTING');
CREATE TYPE "BuddyRole" AS ENUM ('LEADER', 'MEMBER');
CREATE TYPE "PostType" AS ENUM ('ACHIEVEMENT', 'MILESTONE', 'NUDGE', 'DISCUSSION');
CREATE TYPE "RelationStatus" AS ENUM ('FOLLOWING', 'FRIEND_REQUESTED', 'FRIENDS', 'BLOCKED');

CREATE TABLE "BuddyGroup" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "type" "BuddyGroupType" NOT NULL DEFAULT 'LEARNING',
    "totalPoints" INTEGER NOT NULL DEFAULT 0,
    "streak" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "BuddyGroup_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "BuddyMember" (
    "id" TEXT NOT NULL,
    "groupId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "role" "BuddyRole" NOT NULL DEFAULT 'MEMBER',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "BuddyMember_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "BuddyChallenge" (
    "id" TEXT NOT NULL,
    "groupId" TEXT NOT NULL,
    "title" JSONB NOT NULL,
    "target" INTEGER NOT NULL,
    "rewardPoints" INTEGER NOT NULL DEFAULT 0,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "BuddyChallenge_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "SocialPost" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "groupId" TEXT,
    "type" "PostType" NOT NULL DEFAULT 'ACHIEVEMENT',
    "content" JSONB,
    "likesCount" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "SocialPost_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "UserRelationship" (
    "id" TEXT NOT NULL,
    "followerId" TEXT NOT NULL,
    "followedId" TEXT NOT NULL,
    "status" "RelationStatus" NOT NULL DEFAULT 'FOLLOWING',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "UserRelationship_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "BuddyMember_userId_idx" ON "BuddyMember" ("userId");
CREATE UNIQUE INDEX "BuddyMember_groupId_userId_key" ON "BuddyMember" ("groupId", "userId");
CREATE INDEX "BuddyChallenge_groupId_expiresAt_idx" ON "BuddyChallenge" ("groupId", "expiresAt");
CREATE INDEX "SocialPost_userId_createdAt_idx" ON "SocialPost" ("userId", "createdAt" DESC);
CREATE INDEX "SocialPost_groupId_createdAt_idx" ON "SocialPost" ("groupId", "createdAt" DESC);
CREATE INDEX "UserRelationship_followedId_idx" ON "UserRelationship" ("followedId");
CREATE UNIQUE INDEX "UserRelationship_followerId_followedId_key" ON "UserRelationship" ("followerId", "followedId");

ALTER TABLE "BuddyMember"
    ADD CONSTRAINT "BuddyMember_groupId_fkey"
    FOREIGN KEY ("groupId") REFERENCES "BuddyGroup" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "BuddyMember"
    ADD CONSTRAINT "BuddyMember_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "BuddyChallenge"
    ADD CONSTRAINT "BuddyChallenge_groupId_fkey"
    FOREIGN KEY ("groupId") REFERENCES "BuddyGroup" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "SocialPost"
    ADD CONSTRAINT "SocialPost_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "SocialPost"
    ADD CONSTRAINT "SocialPost_groupId_fkey"
    FOREIGN KEY ("groupId") REFERENCES "BuddyGroup" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "UserRelationship"
    ADD CONSTRAINT "UserRelationship_followerId_fkey"
    FOREIGN KEY ("followerId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "UserRelationship"
    ADD CONSTRAINT "UserRelationship_followedId_fkey"
    FOREIGN KEY ("followedId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
