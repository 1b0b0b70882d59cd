DROP TABLE "run_outcomes";

DROP TABLE "runs";

DROP TABLE "tenant_labels";

DROP TABLE "tenants";

DROP TABLE "servers";
