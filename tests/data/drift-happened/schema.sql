-- What the migrations build: of one project, the part in which its layers came apart.
CREATE TYPE "Role" AS ENUM ('STUDENT', 'TEACHER', 'ADMIN');
CREATE TABLE "User" (
  id text PRIMARY KEY,
  email text NOT NULL,
  "passwordHash" text NOT NULL,
  role "Role" NOT NULL DEFAULT 'STUDENT',
  points integer NOT NULL DEFAULT 0,
  "preferredLocale" text NOT NULL DEFAULT 'vi',
  "preferredLanguage" text,
  "failedLoginAttempts" integer NOT NULL DEFAULT 0,
  "lockedUntil" timestamp(3),
  "stripeCustomerId" text,
  "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt" timestamp(3) NOT NULL
);
CREATE UNIQUE INDEX "User_email_key" ON "User" (email);
CREATE UNIQUE INDEX "User_stripeCustomerId_key" ON "User" ("stripeCustomerId");
CREATE TABLE "UserStreak" (
  id text PRIMARY KEY,
  "userId" text NOT NULL REFERENCES "User" (id) ON DELETE CASCADE ON UPDATE CASCADE,
  "currentStreak" integer NOT NULL DEFAULT 0,
  "lastActivityDate" timestamp(3) NOT NULL,
  "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt" timestamp(3) NOT NULL
);
CREATE UNIQUE INDEX "UserStreak_userId_key" ON "UserStreak" ("userId");
