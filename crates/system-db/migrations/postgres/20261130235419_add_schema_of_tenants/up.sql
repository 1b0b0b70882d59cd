ALTER TABLE "tenants"
    ADD COLUMN "schema_name" varchar(48) NOT NULL DEFAULT 'tenant';
