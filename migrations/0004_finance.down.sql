DROP TABLE "Transaction";
DROP TABLE "VirtualPortfolio";
DROP TABLE "InvestmentProfile";

DROP TYPE "TransactionType";
DROP TYPE "TransactionStatus";
