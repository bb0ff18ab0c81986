/** What commands that look at the disk need. Import this module when it is needed: it brings agents and workspaces along. */
export { collectGarbage, surveyDisk } from '@hive/agent-kit';
export { lackOfRoom, readSpace, sizeOf } from '@hive/workspace';
