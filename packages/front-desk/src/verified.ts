import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Health } from '@hive/events';

type Verified = NonNullable<Health['verified']>;

const fileOf = (home: string): string => join(home, 'run', 'verified.json');

/** Keeps what `hive verify` found, beside the store: the check itself writes nothing into it. */
export const keepVerified = async (home: string, found: Verified): Promise<void> => {
  const file = fileOf(home);
  await mkdir(join(home, 'run'), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, `${JSON.stringify(found)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
};

/** What the last `hive verify` found; null where there was none, or its file cannot be read. */
export const readVerified = async (home: string): Promise<Verified | null> => {
  try {
    return Health.shape.verified.parse(JSON.parse(await readFile(fileOf(home), 'utf8'))) ?? null;
  } catch {
    return null;
  }
};
