// What only some commands need of the store. They load it when they run: opening a database library costs more than most commands do.
export { auditFiles, backupStore, readTrail, rebuildProjections, restoreStore, siblingDatabase } from '@hive/core-db';
