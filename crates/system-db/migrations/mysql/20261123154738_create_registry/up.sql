CREATE TABLE `servers` (
    `id` bigint NOT NULL AUTO_INCREMENT,
    `name` varchar(63) NOT NULL,
    `backend` varchar(16) NOT NULL,
    `url` longtext NOT NULL,
    `created_at` datetime(6) NOT NULL DEFAULT (utc_timestamp(6)),
    PRIMARY KEY (`id`),
    UNIQUE KEY `uq_servers_name` (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `tenants` (
    `id` bigint NOT NULL AUTO_INCREMENT,
    `slug` varchar(63) NOT NULL,
    `server_id` bigint NOT NULL,
    `database` varchar(255) NOT NULL,
    `state` varchar(16) NOT NULL,
    `recorded_version` varchar(50),
    `created_at` datetime(6) NOT NULL DEFAULT (utc_timestamp(6)),
    `updated_at` datetime(6) NOT NULL DEFAULT (utc_timestamp(6)),
    PRIMARY KEY (`id`),
    UNIQUE KEY `uq_tenants_slug` (`slug`),
    UNIQUE KEY `uq_tenants_server_id_database` (`server_id`, `database`),
    KEY `ix_tenants_state` (`state`),
    CONSTRAINT `fk_tenants_server_id` FOREIGN KEY (`server_id`) REFERENCES `servers` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `tenant_labels` (
    `tenant_id` bigint NOT NULL,
    `name` varchar(63) NOT NULL,
    `value` varchar(255) NOT NULL,
    PRIMARY KEY (`tenant_id`, `name`),
    KEY `ix_tenant_labels_name_value` (`name`, `value`),
    CONSTRAINT `fk_tenant_labels_tenant_id` FOREIGN KEY (`tenant_id`) REFERENCES `tenants` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `runs` (
    `id` varchar(36) NOT NULL,
    `command` varchar(32) NOT NULL,
    `goal` varchar(50),
    `targets` bigint NOT NULL,
    `started_at` datetime(6) NOT NULL,
    `finished_at` datetime(6),
    `exit_code` int,
    PRIMARY KEY (`id`),
    KEY `ix_runs_started_at` (`started_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `run_outcomes` (
    `run_id` varchar(36) NOT NULL,
    `tenant_id` bigint NOT NULL,
    `outcome` varchar(32) NOT NULL,
    `version` varchar(50),
    `error` longtext,
    `detail` json NOT NULL,
    `duration_ms` bigint NOT NULL,
    `finished_at` datetime(6) NOT NULL DEFAULT (utc_timestamp(6)),
    PRIMARY KEY (`run_id`, `tenant_id`),
    KEY `ix_run_outcomes_tenant_id` (`tenant_id`),
    CONSTRAINT `fk_run_outcomes_run_id` FOREIGN KEY (`run_id`) REFERENCES `runs` (`id`) ON DELETE CASCADE,
    CONSTRAINT `fk_run_outcomes_tenant_id` FOREIGN KEY (`tenant_id`) REFERENCES `tenants` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
