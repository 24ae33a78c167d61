-- What people do in the application, and what the weekly scan for slow queries recommends.

CREATE TABLE "BehaviorLog" (
    "id" TEXT NOT NULL,
    "userId" TEXT,
    "sessionId" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "eventType" TEXT NOT NULL,
    "actionCategory" TEXT DEFAULT 'GENERAL',
    "duration" INTEGER DEFAULT 0,
    "deviceInfo" JSONB,
    "payload" JSONB,
    "timestamp" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "BehaviorLog_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "OptimizationLog" (
    "id" TEXT NOT NULL,
    "queryText" TEXT NOT NULL,
    "recommendation" TEXT NOT NULL,
    "performanceGain" DOUBLE PRECISION,
    "confidence" DOUBLE PRECISION,
    "source" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "appliedAt" TIMESTAMP(3),

    CONSTRAINT "OptimizationLog_pkey" PRIMARY KEY ("id")
);

ALTER TABLE "BehaviorLog"
    ADD CONSTRAINT "BehaviorLog_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
