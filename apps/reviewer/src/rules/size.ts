import { isLockFile } from './manifests.ts';
import type { Rule } from './rule.ts';

/** Changes that are larger than the policy wants them; lock files are written by tools and count as files only. */
export const size: Rule = {
  name: 'size.over',
  find: ({ files, size: most }) => {
    const written = files.filter(({ path }) => !isLockFile(path));
    const lines = written.reduce((sum, { added, removed }) => sum + added.length + removed.length, 0);
    const bytes = written.reduce((sum, file) => sum + file.bytes, 0);
    const over = [
      ...(lines > most.lines ? [`${lines} lines, ${most.lines} at most`] : []),
      ...(files.length > most.files ? [`${files.length} files, ${most.files} at most`] : []),
      ...(bytes > most.bytes ? [`${bytes} bytes, ${most.bytes} at most`] : []),
    ];
    return over.length === 0 ? [] : [{ message: `The change is large: ${over.join('; ')}` }];
  },
};
