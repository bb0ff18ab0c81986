export type {
  AlertThresholds,
  Box,
  DatabaseConfig,
  DiskConfig,
  HiveConfig,
  Limit,
  Price,
  Reach,
  RepoConfig,
  Specialist,
  Template,
  Testing,
} from './config.ts';
export { certificateTrouble, readAuthority, readCertificate, type Certificate } from './certificate.ts';
export { cloneRootOf, readEnv, variables, type Env } from './env.ts';
export { HiveYaml, type ConfiguredCommand } from './hive-yaml.ts';
export { egressFor, loadConfig, policyFor, repoConfigOf, type ConfigSources } from './load-config.ts';
export { type HttpConfig } from './http-setting.ts';
export { type NoticeSink, type NotifyConfig } from './notify-setting.ts';
export { ollamaUrl } from './ollama-url.ts';
export { quietHoursOf, quietUntil, type QuietHours } from './quiet-hours.ts';
export { readRun, removeRun, writeRun, type Run } from './run-file.ts';
export { Secret } from './secret.ts';
export { ensureToken, readToken } from './token.ts';
export { hiveVersion } from './version.ts';
