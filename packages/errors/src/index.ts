export { codes, isCode, isInterruption, outcomeOf, type Code } from './codes.ts';
export { isDiskFull } from './disk-full.ts';
export { HiveError, errorJson, hasCode, isHiveError, type HiveErrorOptions, type Remedy } from './hive-error.ts';
export { beginningOf, endOf, findNotPlain, notPlain, plainText } from './plain-text.ts';
