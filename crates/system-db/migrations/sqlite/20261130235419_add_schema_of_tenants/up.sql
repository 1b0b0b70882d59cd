ALTER TABLE "tenants"
    ADD COLUMN "schema_name" VARCHAR(48) NOT NULL DEFAULT 'tenant' CHECK (length("schema_name") <= 48);
