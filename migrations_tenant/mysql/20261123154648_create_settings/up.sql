CREATE TABLE `settings` (
    `key` varchar(255) NOT NULL,
    `value` json NOT NULL,
    `updated_at` datetime(6) NOT NULL DEFAULT (utc_timestamp(6)),
    PRIMARY KEY (`key`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
