import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildOf, keepBuilds } from './kept-builds.ts';
import { pageLinks } from './page-links.ts';
import { contentSecurityPolicy } from './policy.ts';

/** A file of the control room and its compressed twins, where the build made some. */
export type ShellFile = { readonly path: string; readonly br: string | null; readonly gzip: string | null };

/** The built control room as it is served: this build, and of the ones before it what open tabs may still ask for. */
export type Shell = {
  /** Names the build by its content; null where there is none. */
  readonly build: string | null;
  readonly policy: string;
  /** The file at this address. Only what is listed is ever read, so no address leads out of the folders. */
  file(address: string): ShellFile | null;
  /** The `Link` header for a page: the chunks that a browser may ask for before the frame runs. Null where the build names none. */
  links(address: string): string | null;
};

/** Where the build lies, and where copies of it and of the last ones are kept. */
export type ShellOptions = {
  readonly root: string;
  readonly kept: string;
  /** Hears why no copy could be made; the build is served from where it is then, without the ones before it. */
  readonly onTrouble: (error: unknown) => void;
};

const namesIn = (folder: string, pattern = '**/*'): readonly string[] =>
  globSync(pattern, { cwd: folder })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.replaceAll('\\', '/'));

/** Lists the files of a folder by address. */
const list = (files: Map<string, ShellFile>, folder: string, pattern?: string): void => {
  const names = new Set(namesIn(folder, pattern));
  const twin = (name: string) => (names.has(name) ? join(folder, name) : null);
  for (const name of names) {
    if (/\.(br|gz)$/.test(name) || files.has(`/${name}`)) continue;
    files.set(`/${name}`, { path: join(folder, name), br: twin(`${name}.br`), gzip: twin(`${name}.gz`) });
  }
};

/** Keeps the build and lists it. What is served comes from the copy: building anew changes nothing under a running Hive. */
export const openShell = async ({ root, kept, onTrouble }: ShellOptions): Promise<Shell> => {
  const build = buildOf(root);
  let folders = [root];
  if (build !== null)
    try {
      folders = await keepBuilds({ root, build, kept });
    } catch (error) {
      onTrouble(error);
    }
  return listShell(build, folders);
};

/** The files of builds by address, this build first; of the ones before it what carries a hash in its name, so that no two of them meet. */
export const listShell = (build: string | null, [own = '', ...older]: readonly string[]): Shell => {
  const files = new Map<string, ShellFile>();
  list(files, own);
  for (const folder of older) list(files, folder, 'assets/*');
  const index = files.get('/index.html');
  return {
    build,
    policy: contentSecurityPolicy(index ? readFileSync(index.path, 'utf8') : ''),
    file: (address) => files.get(address) ?? null,
    links: pageLinks(files.get('/pages.json')?.path ?? null),
  };
};
