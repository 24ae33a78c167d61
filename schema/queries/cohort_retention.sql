-- name: cohort_retention
-- params: weeks integer
-- Of the people who signed up in one of the last weeks, how many came back in each week after it?
WITH "cohort" AS (
    SELECT "id" AS "userId", date_trunc('week', "createdAt") AS "signupWeek"
    FROM "User"
    WHERE "createdAt" >= date_trunc('week', now() AT TIME ZONE 'UTC') - make_interval(weeks => $1)
),
"size" AS (
    SELECT "signupWeek", count(*) AS "users"
    FROM "cohort"
    GROUP BY "signupWeek"
),
"active" AS (
    SELECT DISTINCT
        "cohort"."userId",
        "cohort"."signupWeek",
        date_trunc('week', "BehaviorLog"."timestamp") AS "activeWeek"
    FROM "cohort"
    JOIN "BehaviorLog" ON "BehaviorLog"."userId" = "cohort"."userId"
        AND "BehaviorLog"."timestamp" >= "cohort"."signupWeek"
)
SELECT
    "size"."signupWeek",
    "size"."users",
    (extract(epoch FROM "active"."activeWeek" - "size"."signupWeek") / 604800)::integer AS "week",
    count("active"."userId") AS "activeUsers",
    round(100.0 * count("active"."userId") / "size"."users", 1) AS "retention"
FROM "size"
JOIN "active" ON "active"."signupWeek" = "size"."signupWeek"
GROUP BY "size"."signupWeek", "size"."users", "active"."activeWeek"
ORDER BY "size"."signupWeek", "week";
