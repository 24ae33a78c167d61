DROP TABLE "OptimizationLog";
DROP TABLE "BehaviorLog";
