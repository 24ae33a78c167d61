-- name: learning_funnel
-- params: course text
-- How many students signed up, enrolled, started a lesson and finished a course? Of all courses where course is null.
-- A first row of progress is the enrolment, time spent or a later status the start, every published lesson the end.
WITH "lessons" AS (
    SELECT "courseId", count(*) AS "published"
    FROM "Lesson"
    WHERE "published" AND ($1::text IS NULL OR "courseId" = $1)
    GROUP BY "courseId"
),
"progress" AS (
    SELECT
        "UserProgress"."userId",
        "Lesson"."courseId",
        bool_or("UserProgress"."status" <> 'STARTED' OR "UserProgress"."durationSpent" > 0) AS "started",
        count(*) FILTER (WHERE "UserProgress"."status" = 'COMPLETED' AND "Lesson"."published") AS "completed"
    FROM "UserProgress"
    JOIN "Lesson" ON "Lesson"."id" = "UserProgress"."lessonId"
    WHERE $1::text IS NULL OR "Lesson"."courseId" = $1
    GROUP BY "UserProgress"."userId", "Lesson"."courseId"
)
SELECT
    (SELECT count(*) FROM "User" WHERE "role" = 'STUDENT') AS "signedUp",
    count(DISTINCT "progress"."userId") AS "enrolled",
    count(DISTINCT "progress"."userId") FILTER (WHERE "progress"."started") AS "started",
    count(DISTINCT "progress"."userId") FILTER (WHERE "progress"."completed" = "lessons"."published") AS "completed"
FROM "progress"
JOIN "User" ON "User"."id" = "progress"."userId" AND "User"."role" = 'STUDENT'
LEFT JOIN "lessons" ON "lessons"."courseId" = "progress"."courseId";
