-- dbtools: no-transaction
-- The indexes that the dashboards and the leaderboard wait for, built beside the writes of a live database. A build that is
-- interrupted leaves its index behind, invalid and in the way of the next: so what is left of it goes first.

DROP INDEX CONCURRENTLY IF EXISTS "BehaviorLog_userId_timestamp_idx";
CREATE INDEX CONCURRENTLY "BehaviorLog_userId_timestamp_idx" ON "BehaviorLog" ("userId", "timestamp" DESC);
DROP INDEX CONCURRENTLY IF EXISTS "BehaviorLog_sessionId_eventType_idx";
CREATE INDEX CONCURRENTLY "BehaviorLog_sessionId_eventType_idx" ON "BehaviorLog" ("sessionId", "eventType");
DROP INDEX CONCURRENTLY IF EXISTS "BehaviorLog_eventType_timestamp_idx";
CREATE INDEX CONCURRENTLY "BehaviorLog_eventType_timestamp_idx" ON "BehaviorLog" ("eventType", "timestamp" DESC);

DROP INDEX CONCURRENTLY IF EXISTS "UserProgress_userId_status_idx";
CREATE INDEX CONCURRENTLY "UserProgress_userId_status_idx" ON "UserProgress" ("userId", "status");
DROP INDEX CONCURRENTLY IF EXISTS "UserProgress_lessonId_status_idx";
CREATE INDEX CONCURRENTLY "UserProgress_lessonId_status_idx" ON "UserProgress" ("lessonId", "status");

-- The leaderboard ranks students only.
DROP INDEX CONCURRENTLY IF EXISTS "User_points_idx";
CREATE INDEX CONCURRENTLY "User_points_idx" ON "User" ("points" DESC) WHERE "role" = 'STUDENT';

DROP INDEX CONCURRENTLY IF EXISTS "Course_level_published_idx";
CREATE INDEX CONCURRENTLY "Course_level_published_idx" ON "Course" ("level", "published");

-- Containment (@>) is all that is asked, so the smaller operator class does (PostgreSQL manual, 8.14.4).
DROP INDEX CONCURRENTLY IF EXISTS "User_metadata_idx";
CREATE INDEX CONCURRENTLY "User_metadata_idx" ON "User" USING GIN ("metadata" jsonb_path_ops);
DROP INDEX CONCURRENTLY IF EXISTS "BehaviorLog_payload_idx";
CREATE INDEX CONCURRENTLY "BehaviorLog_payload_idx" ON "BehaviorLog" USING GIN ("payload" jsonb_path_ops);
