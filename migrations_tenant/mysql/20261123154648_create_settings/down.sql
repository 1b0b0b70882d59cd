DROP TABLE `settings`;
