import { relative, isAbsolute } from 'node:path';
import { shellWord as quoted, type Result } from '@hive/events';

export { quoted };

const isInside = (cwd: string, root: string): boolean => {
  const path = relative(root, cwd);
  return !path.startsWith('..') && !isAbsolute(path);
};

/** The git commands that show and take the branch of a workflow; none when nothing was delivered. */
export const gitCommands = (result: Result, cwd: string): string[] => {
  if (result.branch === null) return [];
  const git = isInside(cwd, result.repo) ? 'git' : `git -C ${quoted(result.repo)}`;
  const branch = quoted(result.branch);
  const into =
    result.into === null
      ? []
      : [result.into === 'moved' ? 'Delivered  into the branch that --into named' : `Not moved  ${result.into}`];
  return [`Show  ${git} log -p ${result.base.slice(0, 12)}..${branch}`, `Take  ${git} merge ${branch}`, ...into];
};
