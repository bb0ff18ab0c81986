import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { discard } from '../disk/trash.ts';
import { isShared } from '../disk/owners.ts';
import { gitText } from '../git/git.ts';
import { identityOf, isAlive } from '../git/process-id.ts';

/** A repository for one push: what arrives is looked at here, where it can do no harm, and is gone afterwards. */
export type Quarantine = { readonly gitDir: string; remove(): Promise<void> };

/** Where they lie. */
export const quarantineFolder = (home: string): string => join(home, 'quarantine');

/** A pack is this large at most, in bytes. */
export const packLimit = 256 * 1024 * 1024;

/**
 * Makes one beside the user's repository `gitDir`, whose objects it can read, so that only what is new has to come. Nothing is ever written
 * there. Its own configuration is all that git is told: no hook, no name of a ref of the user's, and git's check of every object.
 */
export const openQuarantine = async (home: string, gitDir: string): Promise<Quarantine> => {
  const [format, objects] = await Promise.all([
    gitText(['rev-parse', '--show-object-format'], { gitDir }),
    gitText(['rev-parse', '--git-path', 'objects'], { gitDir }),
  ]);
  const shallow = resolve(gitDir, await gitText(['rev-parse', '--git-path', 'shallow'], { gitDir }));
  const folder = join(quarantineFolder(home), `${owner()}_${randomBytes(6).toString('hex')}`);
  const own = join(folder, 'pushed.git');
  await mkdir(join(own, 'objects', 'info'), { recursive: true, mode: 0o700 });
  await mkdir(join(own, 'refs'));
  await writeFile(join(own, 'HEAD'), 'ref: refs/heads/none\n');
  await writeFile(join(own, 'config'), configOf(format));
  // In quotes, as git reads it: a path may hold a line end, or begin with #.
  await writeFile(join(own, 'objects', 'info', 'alternates'), `${inQuotes(resolve(gitDir, objects))}\n`);
  await copyFile(shallow, join(own, 'shallow')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  return { gitDir: own, remove: async () => void (await discard(home, folder)) };
};

/** Removes what a process left that was killed while somebody pushed. */
export const sweepQuarantines = async (home: string): Promise<void> => {
  if (await isShared(home)) return;
  for (const name of await readdir(quarantineFolder(home)).catch(() => []))
    if (!isAlive(name.split('_').slice(0, 3).join(' '))) await discard(home, join(quarantineFolder(home), name));
};

const owner = () => identityOf(process.pid).replaceAll(' ', '_');

const inQuotes = (path: string): string =>
  `"${path.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`;

const configOf = (format: string): string => `[core]
	repositoryformatversion = 1
	bare = true
	alternateRefsPrefixes = refs/heads/
[extensions]
	objectFormat = ${format}
[receive]
	fsckObjects = true
	maxInputSize = ${packLimit}
	unpackLimit = 1
	advertiseAtomic = false
	advertisePushOptions = true
	autogc = false
	updateServerInfo = false
[transfer]
	advertiseSID = false
`;
