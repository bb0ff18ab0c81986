import { isUtf8 } from 'node:buffer';
import { HiveError } from '@hive/errors';

/**
 * A patch as it is handed in. Requests are JSON, so bytes of another encoding would silently become other bytes in the merged file;
 * a commit goes another way and keeps them.
 */
export const patchText = (bytes: Buffer, what: string): string => {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw new HiveError(
    'patch.malformed',
    `${what} is not UTF-8 text, and would not arrive as it is; commit the change on a branch and hand in that: hive submit BRANCH`,
  );
};
