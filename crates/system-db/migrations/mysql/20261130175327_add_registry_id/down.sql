DROP TABLE `registry`;
