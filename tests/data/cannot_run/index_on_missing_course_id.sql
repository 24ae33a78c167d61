CREATE INDEX "UserProgress_courseId_idx" ON "UserProgress" ("userId", "courseId");
