CREATE INDEX "Course_isPublished_idx" ON "Course" ("level", "isPublished");
