/** A word as a POSIX shell takes it, for commands that people copy. */
export const shellWord = (word: string): string =>
  /^[A-Za-z0-9_/.:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
