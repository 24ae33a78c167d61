-- dbtools: no-transaction

DROP INDEX CONCURRENTLY "BehaviorLog_payload_idx";
DROP INDEX CONCURRENTLY "User_metadata_idx";
DROP INDEX CONCURRENTLY "Course_level_published_idx";
DROP INDEX CONCURRENTLY "User_points_idx";
DROP INDEX CONCURRENTLY "UserProgress_lessonId_status_idx";
DROP INDEX CONCURRENTLY "UserProgress_userId_status_idx";
DROP INDEX CONCURRENTLY "BehaviorLog_eventType_timestamp_idx";
DROP INDEX CONCURRENTLY "BehaviorLog_sessionId_eventType_idx";
DROP INDEX CONCURRENTLY "BehaviorLog_userId_timestamp_idx";
