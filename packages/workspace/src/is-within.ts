import { isAbsolute, relative } from 'node:path';

/** True when `path` is `folder` itself or below it, by name. */
export const isWithin = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith('../') && !isAbsolute(way));
};
