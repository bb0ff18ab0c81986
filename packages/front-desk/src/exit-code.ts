import { isHiveError } from '@hive/errors';

/** Codes that end a command with 2 (wrong usage or input), with 69 (no Hive) or with 78 (environment), by their first half. */
const byTopic: Readonly<Record<string, 2 | 69 | 78>> = {
  approval: 2,
  input: 2,
  plan: 2,
  repo: 2,
  patch: 2,
  branch: 2,
  hive: 69,
  auth: 78,
  config: 78,
  infra: 78,
  model: 78,
  port: 78,
  sandbox: 78,
  store: 78,
};

const byCode: Readonly<Record<string, 2 | 78>> = { 'evidence.no_checks': 2, 'hive.running': 78 };

/** The exit code of a command that failed: CONTRACTS section 4. Anything that is no HiveError is a bug, and 1. */
export const exitCodeOfError = (error: unknown): 1 | 2 | 69 | 78 => {
  if (!isHiveError(error)) return 1;
  return byCode[error.code] ?? byTopic[error.code.split('.')[0] ?? ''] ?? 1;
};
