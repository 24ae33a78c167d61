DROP TABLE "UserStreak";
DROP TABLE "UserAchievement";
DROP TABLE "Achievement";
DROP TABLE "UserProgress";
DROP TABLE "Lesson";
DROP TABLE "Course";
DROP TABLE "RefreshToken";
DROP TABLE "User";

DROP TYPE "ProgressStatus";
DROP TYPE "LessonType";
DROP TYPE "Level";
DROP TYPE "Role";
