CREATE TABLE "registry" (
    "number" integer NOT NULL,
    "id" varchar(32) NOT NULL,
    "created_at" timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY ("number")
);
