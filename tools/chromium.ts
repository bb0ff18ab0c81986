import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** What a browser launcher needs to start Chromium; without `executablePath` there is none on this machine. */
export interface Chromium {
  readonly executablePath?: string;
  readonly args: string[];
}

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

// --no-sandbox: the user may be root. The resolver rule keeps Chromium from looking up hosts of its own accord.
const args = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1',
];

/** The browser for tests: `CHROMIUM_PATH`, else an installed one, else the one that npm brought (Linux x64). */
export async function findChromium(): Promise<Chromium> {
  const path =
    process.env['CHROMIUM_PATH'] ?? installed.find((candidate) => existsSync(candidate)) ?? (await fromNpm());
  return path ? { executablePath: path, args } : { args };
}

// Optional, so neither the package nor its types need to be there: imported by a name that tsc does not resolve.
const packaged: string = '@sparticuz/chromium';

/** Unpacks the packaged browser, once per checkout: in the shared temporary folder it would belong to whoever came first. */
async function fromNpm(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = join(import.meta.dirname, '../node_modules/.cache/chromium');
  const before = process.env['TMPDIR'];
  try {
    const module = (await import(packaged)) as { default: { executablePath(): Promise<string> } };
    mkdirSync(folder, { recursive: true });
    // The package knows no other way to be told where.
    process.env['TMPDIR'] = folder;
    return await module.default.executablePath();
  } catch {
    return undefined; // not installed is the same as no browser
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}
