-- dbtools: no-transaction
-- The indexes that the dashboards and the leaderboard wait for, built beside the writes of a live database.

CREATE INDEX CONCURRENTLY "BehaviorLog_userId_timestamp_idx" ON "BehaviorLog" ("userId", "timestamp" DESC);
CREATE INDEX CONCURRENTLY "BehaviorLog_sessionId_eventType_idx" ON "BehaviorLog" ("sessionId", "eventType");
CREATE INDEX CONCURRENTLY "BehaviorLog_eventType_timestamp_idx" ON "BehaviorLog" ("eventType", "timestamp" DESC);

CREATE INDEX CONCURRENTLY "UserProgress_userId_status_idx" ON "UserProgress" ("userId", "status");
CREATE INDEX CONCURRENTLY "UserProgress_lessonId_status_idx" ON "UserProgress" ("lessonId", "status");

-- The leaderboard ranks students only.
CREATE INDEX CONCURRENTLY "User_points_idx" ON "User" ("points" DESC) WHERE "role" = 'STUDENT';

CREATE INDEX CONCURRENTLY "Course_level_published_idx" ON "Course" ("level", "published");

-- Containment (@>) is all that is asked, so the smaller operator class does (PostgreSQL manual, 8.14.4).
CREATE INDEX CONCURRENTLY "User_metadata_idx" ON "User" USING GIN ("metadata" jsonb_path_ops);
CREATE INDEX CONCURRENTLY "BehaviorLog_payload_idx" ON "BehaviorLog" USING GIN ("payload" jsonb_path_ops);
