/** The version of this Hive: the one of the repository, which a test compares, since a bundle has no package.json beside it. */
export const hiveVersion = '0.1.0';
