-- name: recent_behavior_logs
-- params: user text, since timestamp, limit integer
-- What has one user done since a moment, latest first?
SELECT "id", "sessionId", "path", "eventType", "actionCategory", "duration", "payload", "timestamp"
FROM "BehaviorLog"
WHERE "userId" = $1 AND "timestamp" >= $2
ORDER BY "timestamp" DESC
LIMIT $3;
