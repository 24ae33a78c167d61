-- Payments, and the portfolios to practise with.

CREATE TYPE "TransactionStatus" AS ENUM ('PENDING', 'COMPLETED', 'FAILED', 'REFUNDED');
CREATE TYPE "TransactionType" AS ENUM ('COURSE_PURCHASE', 'SUBSCRIPTION', 'REFUND');

CREATE TABLE "InvestmentProfile" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "riskScore" INTEGER NOT NULL DEFAULT 0,
    "investmentKnowledge" "Level" NOT NULL DEFAULT 'BEGINNER',
    "goals" JSONB,
    "philosophy" JSONB,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "InvestmentProfile_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "VirtualPortfolio" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "balance" BIGINT NOT NULL DEFAULT 100000000,
    "totalValue" BIGINT NOT NULL DEFAULT 100000000,
    "holdings" JSONB,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "VirtualPortfolio_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Transaction" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "courseId" TEXT,
    "type" "TransactionType" NOT NULL DEFAULT 'COURSE_PURCHASE',
    "status" "TransactionStatus" NOT NULL DEFAULT 'PENDING',
    "amount" INTEGER NOT NULL,
    "provider" TEXT,
    "providerRef" TEXT,
    "failureReason" TEXT,
    "completedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Transaction_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "InvestmentProfile_userId_key" ON "InvestmentProfile" ("userId");
CREATE UNIQUE INDEX "VirtualPortfolio_userId_key" ON "VirtualPortfolio" ("userId");
CREATE UNIQUE INDEX "Transaction_providerRef_key" ON "Transaction" ("providerRef");
CREATE INDEX "Transaction_userId_createdAt_idx" ON "Transaction" ("userId", "createdAt" DESC);
CREATE INDEX "Transaction_courseId_idx" ON "Transaction" ("courseId");

ALTER TABLE "InvestmentProfile"
    ADD CONSTRAINT "InvestmentProfile_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "VirtualPortfolio"
    ADD CONSTRAINT "VirtualPortfolio_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "Transaction"
    ADD CONSTRAINT "Transaction_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "Transaction"
    ADD CONSTRAINT "Transaction_courseId_fkey"
    FOREIGN KEY ("courseId") REFERENCES "Course" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
