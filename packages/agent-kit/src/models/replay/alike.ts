/** What is never the same in two runs: ids, commits, hashes, moments, durations, and where a worktree lies. */
const volatile: readonly RegExp[] = [
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi,
  /\b[0-9a-f]{7,64}\b/gi,
  /\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?\b/g,
  /\b\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?\b/g,
  /\b\d+(?:\.\d+)?\s?(?:ns|µs|us|ms|s|sec|secs|seconds|min)\b/g,
  /\bduration_ms:? [\d.]+/g,
  /\b\d+\.\d+\b/g,
  /(?:\/[\w.@+-]+)+\/worktrees\/[\w./-]+/g,
  /\b(?:localhost|127\.0\.0\.1):\d+\b/g,
];

/** A text with everything blotted out that two runs of the same work do not share. */
export const blotted = (text: string): string => volatile.reduce((left, pattern) => left.replace(pattern, '#'), text);
