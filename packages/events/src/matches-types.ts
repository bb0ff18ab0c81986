/** Whether an event's type is one of these types or patterns: `task.claimed`, `task.*`, `*`. */
export const matchesTypes = (type: string, patterns: readonly string[]): boolean =>
  patterns.some(
    (pattern) =>
      pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))),
  );
