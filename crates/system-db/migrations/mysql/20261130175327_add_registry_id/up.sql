CREATE TABLE `registry` (
    `number` int NOT NULL,
    `id` varchar(32) NOT NULL,
    `created_at` datetime(6) NOT NULL DEFAULT (utc_timestamp(6)),
    PRIMARY KEY (`number`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
