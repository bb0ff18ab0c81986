export { codes, isCode, outcomeOf, type Code } from './codes.ts';
export { HiveError, errorJson, hasCode, isHiveError, type HiveErrorOptions, type Remedy } from './hive-error.ts';
