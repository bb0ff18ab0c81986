import type { LeftOut } from '@hive/workspace';
import { oneLine } from '../terminal/visible.ts';

/** What of a repository is not in its worktrees, for whoever wonders why a check is red there. */
export const leftOutLines = ({ submodules, lfs }: LeftOut): string[] => {
  const [first] = submodules;
  return [
    ...(first === undefined
      ? []
      : [
          `${oneLine(first)}${submodules.length > 1 ? ` and ${submodules.length - 1} more are submodules and stay empty` : ' is a submodule and stays empty'}; a check that needs its files is red`,
        ]),
    ...(lfs ? ['files of Git LFS stay pointers; a check that needs what they stand for is red'] : []),
  ];
};
