import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Files of package managers, and the settings in them that say where a registry is. */
const files: Readonly<Record<string, RegExp>> = {
  '.npmrc':
    /^\s*(?:(?:@[\w.-]+:)?registry|cafile|strict-ssl|https?-proxy|proxy|noproxy|omit-lockfile-registry-resolved|replace-registry-host)\s*=/,
  '.config/pip/pip.conf': /^\s*(?:\[global\]|(?:index-url|extra-index-url|find-links|cert|proxy|trusted-host)\s*=)/,
};

/** Copies from the user's home only the lines that say where registries are, never one with a password or a token. */
export const registryFiles = async (userHome: string | undefined, home: string): Promise<void> => {
  if (userHome === undefined) return;
  for (const [name, wanted] of Object.entries(files)) {
    const text = await readFile(join(userHome, name), 'utf8').catch(() => null);
    const lines = registryLines(text ?? '', wanted);
    if (lines.length === 0) continue;
    await mkdir(dirname(join(home, name)), { recursive: true });
    await writeFile(join(home, name), `${lines.join('\n')}\n`);
  }
};

/** The wanted lines without those that carry a secret (`//user:password@`, `${VARIABLE}`). */
const registryLines = (text: string, wanted: RegExp): string[] =>
  text.split(/\r?\n/).filter((line) => wanted.test(line) && !/\/\/[^/\s]*@|\$\{/.test(line));
