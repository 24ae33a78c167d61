CREATE INDEX "BehaviorLog_recent_idx" ON "BehaviorLog" ("userId", "timestamp" DESC) WHERE "timestamp" > NOW() - INTERVAL '30 days';
