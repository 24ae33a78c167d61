// The schema as fast reads and writes use it: the same database as schema.prisma, which owns the migrations.
// dbtools drift says when they differ; relations are left to the queries.

import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";

// Prisma's client makes the ids and keeps updatedAt, so the database has no default for either; the same here.
const moment = () => timestamp({ precision: 3 });
const id = () =>
  text()
    .primaryKey()
    .$defaultFn(() => crypto.randomUUID());
const createdAt = () => moment().notNull().defaultNow();
const updatedAt = () =>
  moment()
    .notNull()
    .$onUpdate(() => new Date());

// Identity

export const role = pgEnum("Role", ["STUDENT", "TEACHER", "ADMIN"]);

/** Everyone who signs in: students, teachers and administrators. */
export const users = pgTable(
  "User",
  {
    id: id(),
    email: text().notNull(),
    passwordHash: text().notNull(),
    name: jsonb(),
    role: role().notNull().default("STUDENT"),
    points: integer().notNull().default(0),
    preferredLocale: text().notNull().default("vi"),
    preferredLanguage: text(),
    dateOfBirth: moment(),
    moderationStrikes: integer().notNull().default(0),
    failedLoginAttempts: integer().notNull().default(0),
    lockedUntil: moment(),
    stripeCustomerId: text(),
    metadata: jsonb(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    uniqueIndex("User_email_key").on(t.email),
    index("User_metadata_idx").using("gin", t.metadata.op("jsonb_path_ops")),
    index("User_points_idx").on(t.points.desc().nullsFirst()).where(sql`${t.role} = 'STUDENT'`),
    uniqueIndex("User_stripeCustomerId_key").on(t.stripeCustomerId),
  ],
);

/** A session that outlives its access token; revoked instead of deleted, so that reuse is noticed. */
export const refreshTokens = pgTable(
  "RefreshToken",
  {
    id: id(),
    token: text().notNull(),
    userId: text().notNull().references(() => users.id, { onDelete: "cascade", onUpdate: "cascade" }),
    expiresAt: moment().notNull(),
    revoked: boolean().notNull().default(false),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    uniqueIndex("RefreshToken_token_key").on(t.token),
    index("RefreshToken_userId_idx").on(t.userId),
  ],
);

// Learning

export const level = pgEnum("Level", ["BEGINNER", "INTERMEDIATE", "EXPERT"]);

export const lessonType = pgEnum("LessonType", ["VIDEO", "READING", "QUIZ", "INTERACTIVE"]);

export const progressStatus = pgEnum("ProgressStatus", ["STARTED", "IN_PROGRESS", "COMPLETED"]);

export const questionType = pgEnum("QuestionType", ["SINGLE_CHOICE", "MULTIPLE_CHOICE", "TRUE_FALSE", "SHORT_ANSWER"]);

/** A course in the catalogue; its price is in whole VND, 0 for free. */
export const courses = pgTable(
  "Course",
  {
    id: id(),
    slug: text().notNull(),
    title: jsonb().notNull(),
    description: jsonb().notNull(),
    thumbnailKey: text().notNull(),
    price: integer().notNull(),
    level: level().notNull().default("BEGINNER"),
    published: boolean().notNull().default(false),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("Course_level_published_idx").on(t.level, t.published),
    uniqueIndex("Course_slug_key").on(t.slug),
  ],
);

/** One step of a course, at a fixed place in its order. */
export const lessons = pgTable(
  "Lesson",
  {
    id: id(),
    courseId: text().notNull().references(() => courses.id, { onDelete: "cascade", onUpdate: "cascade" }),
    order: integer().notNull(),
    title: jsonb().notNull(),
    content: jsonb().notNull(),
    videoKey: jsonb(),
    type: lessonType().notNull().default("VIDEO"),
    duration: integer(),
    published: boolean().notNull().default(false),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    uniqueIndex("Lesson_courseId_order_key").on(t.courseId, t.order),
  ],
);

/** How far a user is in a lesson; the first row in a course counts as the enrolment. */
export const userProgress = pgTable(
  "UserProgress",
  {
    id: id(),
    userId: text().notNull().references(() => users.id, { onDelete: "cascade", onUpdate: "cascade" }),
    lessonId: text().notNull().references(() => lessons.id, { onDelete: "cascade", onUpdate: "cascade" }),
    status: progressStatus().notNull().default("STARTED"),
    durationSpent: integer().notNull().default(0),
    progressPercentage: doublePrecision().default(0),
    completedAt: moment(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("UserProgress_lessonId_status_idx").on(t.lessonId, t.status),
    uniqueIndex("UserProgress_userId_lessonId_key").on(t.userId, t.lessonId),
    index("UserProgress_userId_status_idx").on(t.userId, t.status),
  ],
);

export const quizzes = pgTable(
  "Quiz",
  {
    id: id(),
    lessonId: text().notNull().references(() => lessons.id, { onDelete: "cascade", onUpdate: "cascade" }),
    title: jsonb().notNull(),
    description: jsonb(),
    passingScore: integer().notNull().default(70),
    timeLimit: integer(),
    published: boolean().notNull().default(false),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("Quiz_lessonId_idx").on(t.lessonId),
  ],
);

export const quizQuestions = pgTable(
  "QuizQuestion",
  {
    id: id(),
    quizId: text().notNull().references(() => quizzes.id, { onDelete: "cascade", onUpdate: "cascade" }),
    order: integer().notNull(),
    type: questionType().notNull().default("SINGLE_CHOICE"),
    question: jsonb().notNull(),
    options: jsonb(),
    correctAnswer: jsonb().notNull(),
    explanation: jsonb(),
    points: integer().notNull().default(1),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    uniqueIndex("QuizQuestion_quizId_order_key").on(t.quizId, t.order),
  ],
);

/** One run through a quiz; a user may try as often as they like. */
export const quizAttempts = pgTable(
  "QuizAttempt",
  {
    id: id(),
    quizId: text().notNull().references(() => quizzes.id, { onDelete: "cascade", onUpdate: "cascade" }),
    userId: text().notNull().references(() => users.id, { onDelete: "cascade", onUpdate: "cascade" }),
    answers: jsonb().notNull(),
    score: integer().notNull().default(0),
    percentage: doublePrecision().notNull().default(0),
    passed: boolean().notNull().default(false),
    startedAt: moment().notNull().defaultNow(),
    completedAt: moment(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("QuizAttempt_quizId_idx").on(t.quizId),
    index("QuizAttempt_userId_completedAt_idx").on(t.userId, t.completedAt),
  ],
);

/** Proof that a user finished a course: at most one for each course. */
export const certificates = pgTable(
  "Certificate",
  {
    id: id(),
    userId: text().notNull().references(() => users.id, { onDelete: "cascade", onUpdate: "cascade" }),
    courseId: text().notNull().references(() => courses.id, { onDelete: "restrict", onUpdate: "cascade" }),
    number: text().notNull(),
    pdfKey: text(),
    issuedAt: moment().notNull().defaultNow(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("Certificate_courseId_idx").on(t.courseId),
    uniqueIndex("Certificate_number_key").on(t.number),
    uniqueIndex("Certificate_userId_courseId_key").on(t.userId, t.courseId),
  ],
);

// Gamification

/** The catalogue of achievements; criteria is what the rule engine checks. */
export const achievements = pgTable(
  "Achievement",
  {
    id: id(),
    key: text().notNull(),
    name: jsonb().notNull(),
    description: jsonb().notNull(),
    iconKey: text().notNull(),
    criteria: jsonb().notNull(),
    points: integer().notNull().default(0),
    tier: text().notNull().default("BRONZE"),
    category: text().notNull(),
    isActive: boolean().notNull().default(true),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    uniqueIndex("Achievement_key_key").on(t.key),
  ],
);

/** An award as it was given: name and icon are copies, so that old awards keep their look. */
export const userAchievements = pgTable(
  "UserAchievement",
  {
    id: id(),
    userId: text().notNull().references(() => users.id, { onDelete: "cascade", onUpdate: "cascade" }),
    type: text().notNull(),
    name: jsonb().notNull(),
    description: jsonb().notNull(),
    iconKey: text().notNull(),
    awardedAt: moment().notNull().defaultNow(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("UserAchievement_userId_awardedAt_idx").on(t.userId, t.awardedAt.desc().nullsFirst()),
  ],
);

export const userStreaks = pgTable(
  "UserStreak",
  {
    id: id(),
    userId: text().notNull().references(() => users.id, { onDelete: "cascade", onUpdate: "cascade" }),
    currentStreak: integer().notNull().default(0),
    longestStreak: integer().notNull().default(0),
    lastActivityDate: moment().notNull(),
    streakFrozen: boolean().notNull().default(false),
    freezesRemaining: integer().notNull().default(0),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    uniqueIndex("UserStreak_userId_key").on(t.userId),
  ],
);

// Social

export const buddyGroupType = pgEnum("BuddyGroupType", ["LEARNING", "SAVING", "INVESTING"]);

export const buddyRole = pgEnum("BuddyRole", ["LEADER", "MEMBER"]);

export const postType = pgEnum("PostType", ["ACHIEVEMENT", "MILESTONE", "NUDGE", "DISCUSSION"]);

export const relationStatus = pgEnum("RelationStatus", ["FOLLOWING", "FRIEND_REQUESTED", "FRIENDS", "BLOCKED"]);

/** A few people who learn, save or invest together and share one streak. */
export const buddyGroups = pgTable(
  "BuddyGroup",
  {
    id: id(),
    name: text().notNull(),
    description: text(),
    type: buddyGroupType().notNull().default("LEARNING"),
    totalPoints: integer().notNull().default(0),
    streak: integer().notNull().default(0),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
);

export const buddyMembers = pgTable(
  "BuddyMember",
  {
    id: id(),
    groupId: text().notNull().references(() => buddyGroups.id, { onDelete: "cascade", onUpdate: "cascade" }),
    userId: text().notNull().references(() => users.id, { onDelete: "cascade", onUpdate: "cascade" }),
    role: buddyRole().notNull().default("MEMBER"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    uniqueIndex("BuddyMember_groupId_userId_key").on(t.groupId, t.userId),
    index("BuddyMember_userId_idx").on(t.userId),
  ],
);

export const buddyChallenges = pgTable(
  "BuddyChallenge",
  {
    id: id(),
    groupId: text().notNull().references(() => buddyGroups.id, { onDelete: "cascade", onUpdate: "cascade" }),
    title: jsonb().notNull(),
    target: integer().notNull(),
    rewardPoints: integer().notNull().default(0),
    expiresAt: moment().notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("BuddyChallenge_groupId_expiresAt_idx").on(t.groupId, t.expiresAt),
  ],
);

/** A post in the feed, or in a group; it outlives its group. */
export const socialPosts = pgTable(
  "SocialPost",
  {
    id: id(),
    userId: text().notNull().references(() => users.id, { onDelete: "cascade", onUpdate: "cascade" }),
    groupId: text().references(() => buddyGroups.id, { onDelete: "set null", onUpdate: "cascade" }),
    type: postType().notNull().default("ACHIEVEMENT"),
    content: jsonb(),
    likesCount: integer().notNull().default(0),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("SocialPost_groupId_createdAt_idx").on(t.groupId, t.createdAt.desc().nullsFirst()),
    index("SocialPost_userId_createdAt_idx").on(t.userId, t.createdAt.desc().nullsFirst()),
  ],
);

/** Who follows whom, and what became of it. */
export const userRelationships = pgTable(
  "UserRelationship",
  {
    id: id(),
    followerId: text().notNull().references(() => users.id, { onDelete: "cascade", onUpdate: "cascade" }),
    followedId: text().notNull().references(() => users.id, { onDelete: "cascade", onUpdate: "cascade" }),
    status: relationStatus().notNull().default("FOLLOWING"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("UserRelationship_followedId_idx").on(t.followedId),
    uniqueIndex("UserRelationship_followerId_followedId_key").on(t.followerId, t.followedId),
  ],
);

// Analytics

/** Every click worth counting, most of all rows; it stays when its user goes. */
export const behaviorLogs = pgTable(
  "BehaviorLog",
  {
    id: id(),
    userId: text().references(() => users.id, { onDelete: "set null", onUpdate: "cascade" }),
    sessionId: text().notNull(),
    path: text().notNull(),
    eventType: text().notNull(),
    actionCategory: text().default("GENERAL"),
    duration: integer().default(0),
    deviceInfo: jsonb(),
    payload: jsonb(),
    timestamp: moment().notNull().defaultNow(),
  },
  (t) => [
    index("BehaviorLog_eventType_timestamp_idx").on(t.eventType, t.timestamp.desc().nullsFirst()),
    index("BehaviorLog_payload_idx").using("gin", t.payload.op("jsonb_path_ops")),
    index("BehaviorLog_sessionId_eventType_idx").on(t.sessionId, t.eventType),
    index("BehaviorLog_userId_timestamp_idx").on(t.userId, t.timestamp.desc().nullsFirst()),
  ],
);

/** What the weekly scan for slow queries recommends, and when it was applied. */
export const optimizationLogs = pgTable(
  "OptimizationLog",
  {
    id: id(),
    queryText: text().notNull(),
    recommendation: text().notNull(),
    performanceGain: doublePrecision(),
    confidence: doublePrecision(),
    source: text(),
    createdAt: createdAt(),
    appliedAt: moment(),
  },
);

// Finance

export const transactionStatus = pgEnum("TransactionStatus", ["PENDING", "COMPLETED", "FAILED", "REFUNDED"]);

export const transactionType = pgEnum("TransactionType", ["COURSE_PURCHASE", "SUBSCRIPTION", "REFUND"]);

/** What a user said about their risk and their goals. */
export const investmentProfiles = pgTable(
  "InvestmentProfile",
  {
    id: id(),
    userId: text().notNull().references(() => users.id, { onDelete: "cascade", onUpdate: "cascade" }),
    riskScore: integer().notNull().default(0),
    investmentKnowledge: level().notNull().default("BEGINNER"),
    goals: jsonb(),
    philosophy: jsonb(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    uniqueIndex("InvestmentProfile_userId_key").on(t.userId),
  ],
);

/** Play money: balance and value in whole VND. */
export const virtualPortfolios = pgTable(
  "VirtualPortfolio",
  {
    id: id(),
    userId: text().notNull().references(() => users.id, { onDelete: "cascade", onUpdate: "cascade" }),
    balance: bigint({ mode: "number" }).notNull().default(100000000),
    totalValue: bigint({ mode: "number" }).notNull().default(100000000),
    holdings: jsonb(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    uniqueIndex("VirtualPortfolio_userId_key").on(t.userId),
  ],
);

/** A payment in whole VND. Accounting keeps it: a user with payments cannot be deleted, a course can. */
export const transactions = pgTable(
  "Transaction",
  {
    id: id(),
    userId: text().notNull().references(() => users.id, { onDelete: "restrict", onUpdate: "cascade" }),
    courseId: text().references(() => courses.id, { onDelete: "set null", onUpdate: "cascade" }),
    type: transactionType().notNull().default("COURSE_PURCHASE"),
    status: transactionStatus().notNull().default("PENDING"),
    amount: integer().notNull(),
    provider: text(),
    providerRef: text(),
    failureReason: text(),
    completedAt: moment(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("Transaction_courseId_idx").on(t.courseId),
    uniqueIndex("Transaction_providerRef_key").on(t.providerRef),
    index("Transaction_userId_createdAt_idx").on(t.userId, t.createdAt.desc().nullsFirst()),
  ],
);
