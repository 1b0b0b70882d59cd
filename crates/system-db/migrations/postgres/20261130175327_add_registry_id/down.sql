DROP TABLE "registry";
