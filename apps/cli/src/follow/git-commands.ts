import { relative, isAbsolute } from 'node:path';
import { shellWord as quoted, type Result } from '@hive/events';

export { quoted };

const isInside = (cwd: string, root: string): boolean => {
  const path = relative(root, cwd);
  return !path.startsWith('..') && !isAbsolute(path);
};

/** More commits than these are shown as a range. */
const mostNamed = 5;

/** The git commands that show and take the branch of a workflow; none when nothing was delivered. */
export const gitCommands = (result: Result, cwd: string): string[] => {
  if (result.branch === null) return [];
  const git = isInside(cwd, result.repo) ? 'git' : `git -C ${quoted(result.repo)}`;
  const branch = quoted(result.branch);
  const range = `Show  ${git} log -p ${result.base.slice(0, 12)}..${branch}`;
  const take = `Take  ${git} merge ${branch}`;
  if (result.into === null) return [range, take];
  if (result.into !== 'moved') return [range, take, `Not moved  ${result.into}`];
  // The branch may hold what others have merged into the same, before and in between.
  const own = result.tasks.flatMap(({ status, commit }) => (status === 'merged' && commit !== null ? [commit] : []));
  const named = own.length > 0 && own.length <= mostNamed;
  return [
    named ? `Show  ${git} show --first-parent ${own.map((commit) => commit.slice(0, 12)).join(' ')}` : range,
    'Delivered  into the branch that --into named',
  ];
};
