import type { TextAt } from '../port.ts';
import { git, gitList } from './git.ts';
import type { Mirror } from './mirror.ts';

/** Files that git is asked about at once. */
const atOnce = 500;

/** Reads files of a commit by their paths, links and folders left out. What is longer than `mostBytes` is there without its text. */
export const readTextsAt = async (
  { gitDir }: Pick<Mirror, 'gitDir'>,
  {
    commit,
    paths,
    mostBytes,
  }: { readonly commit: string; readonly paths: readonly string[]; readonly mostBytes: number },
): Promise<ReadonlyMap<string, TextAt>> => {
  const found: { readonly path: string; readonly sha: string; readonly bytes: number }[] = [];
  for (let from = 0; from < paths.length; from += atOnce) {
    const part = paths.slice(from, from + atOnce);
    for (const line of await gitList(['ls-tree', '-z', '-l', '--full-tree', commit, '--', ...part], { gitDir })) {
      const [, sha, bytes, path] = /^100(?:644|755) blob ([0-9a-f]+) +(\d+)\t([^]*)$/.exec(line) ?? [];
      if (sha !== undefined && path !== undefined) found.push({ path, sha, bytes: Number(bytes) });
    }
  }
  const short = found.filter(({ bytes }) => bytes <= mostBytes);
  const texts = await textsOf(gitDir, [...new Set(short.map(({ sha }) => sha))]);
  return new Map(found.map(({ path, sha, bytes }) => [path, { bytes, text: texts.get(sha) ?? null }]));
};

const textsOf = async (gitDir: string, shas: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const texts = new Map<string, string>();
  if (shas.length === 0) return texts;
  const { stdout } = await git(['cat-file', '--batch'], { gitDir, input: `${shas.join('\n')}\n` });
  for (let at = 0; at < stdout.length;) {
    const end = stdout.indexOf('\n', at);
    const [sha = '', , size] = stdout.toString('latin1', at, end).split(' ');
    const begin = end + 1;
    texts.set(sha, stdout.toString('utf8', begin, begin + Number(size)));
    at = begin + Number(size) + 1;
  }
  return texts;
};
