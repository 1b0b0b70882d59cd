CREATE TABLE "settings" (
    "key" varchar(255) NOT NULL,
    "value" jsonb NOT NULL,
    "updated_at" timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY ("key")
);
