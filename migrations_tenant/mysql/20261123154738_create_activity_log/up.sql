CREATE TABLE `activity_log` (
    `id` bigint NOT NULL AUTO_INCREMENT,
    `action` varchar(64) NOT NULL,
    `entity_type` varchar(64) NOT NULL,
    `entity_id` varchar(255) NOT NULL,
    `details` json,
    `created_at` datetime(6) NOT NULL DEFAULT (utc_timestamp(6)),
    PRIMARY KEY (`id`),
    KEY `ix_activity_log_entity_type_entity_id` (`entity_type`, `entity_id`),
    KEY `ix_activity_log_created_at` (`created_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
