/** What programs say when one that they need is not installed. The first group is its name: a bare one, because a path is content of the repository. */
const said: readonly RegExp[] = [
  /^bwrap: execvp (.+): No such file or directory$/m,
  /^\S*env: [‘'"]?([\w.+-]+)['’"]?: No such file or directory$/m,
  // Shells, and make, which looks for programs itself.
  /^(?:\S+: (?:line )?\d+: |make(?:\[\d+\])?: |\S+: )?([\w.+-]+): (?:command not found|[Cc]ommand not found|not found|No such file or directory)$/m,
  /^error: no such command: `([\w-]+)`$/m,
  /^\S*python[\w.]*: No module named (pytest|nose2?|tox|nox|coverage|mypy|ruff|black|flake8|pylint|behave|hypothesis)$/m,
];

/** Exits with which a program says that another could not be started: that of shells, also when make passes it on, and those of tools with a sentence of their own. */
const isAboutATool = (exit: number, output: string): boolean =>
  exit === 127 ||
  /Error 127$/m.test(output) ||
  /^bwrap: execvp |^error: no such command: |: No module named /m.test(output);

/** The program that a red check missed on this machine; null when it was red for another reason. */
export const missingTool = (exit: number | null, output: string): string | null => {
  if (exit === null || exit === 0 || !isAboutATool(exit, output)) return null;
  return said.map((pattern) => pattern.exec(output)?.[1]).find((name) => name !== undefined) ?? null;
};
