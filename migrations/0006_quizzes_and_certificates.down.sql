DROP TABLE "Certificate";
DROP TABLE "QuizAttempt";
DROP TABLE "QuizQuestion";
DROP TABLE "Quiz";

DROP TYPE "QuestionType";
