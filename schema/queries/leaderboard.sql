-- name: leaderboard
-- params: limit integer
-- Which students have the most points, and how long is their streak? Ties share a rank.
WITH "leader" AS (
    SELECT "id", "name", "points", rank() OVER (ORDER BY "points" DESC) AS "rank"
    FROM "User"
    WHERE "role" = 'STUDENT'
    ORDER BY "points" DESC, "id"
    LIMIT $1
)
SELECT
    "leader"."rank",
    "leader"."id",
    "leader"."name",
    "leader"."points",
    coalesce("UserStreak"."currentStreak", 0) AS "currentStreak"
FROM "leader"
LEFT JOIN "UserStreak" ON "UserStreak"."userId" = "leader"."id"
ORDER BY "leader"."rank", "leader"."id";
