import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadConfig, type Env, type HiveConfig } from '@hive/config';

/** Changes the hive.yaml of this configuration, or makes one, and answers its path. What would not load is not written. */
export const editHiveYaml = async (
  config: HiveConfig,
  { env, edit }: { readonly env: Env; readonly edit: (text: string) => string },
): Promise<string> => {
  const file = config.file ?? join(config.home, 'hive.yaml');
  const text = edit(config.file === null ? '' : readFileSync(file, 'utf8'));
  const draft = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(draft, text, { mode: 0o600 });
  try {
    await loadConfig({ env, cwd: config.home, cloneRoot: null, args: { config: draft } });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
  return file;
};
