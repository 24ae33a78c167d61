DROP TABLE "UserRelationship";
DROP TABLE "SocialPost";
DROP TABLE "BuddyChallenge";
DROP TABLE "BuddyMember";
DROP TABLE "BuddyGroup";

DROP TYPE "RelationStatus";
DROP TYPE "PostType";
DROP TYPE "BuddyRole";
DROP TYPE "BuddyGroupType";
