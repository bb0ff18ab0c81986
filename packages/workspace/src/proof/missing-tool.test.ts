import { expect, test } from 'vitest';
import { missingTool } from './missing-tool.ts';

// As the programs said it when they were run.
const missing: readonly (readonly [exit: number, output: string, tool: string])[] = [
  [127, 'sh: 1: nosuchtool: not found\n', 'nosuchtool'],
  [127, 'bash: line 1: nosuchtool: command not found\n', 'nosuchtool'],
  [127, '/usr/bin/env: ‘nopython’: No such file or directory\n', 'nopython'],
  [1, 'bwrap: execvp ./i.sh: No such file or directory\n', './i.sh'],
  [127, '\n> x@1.0.0 test\n> vitest run\n\nsh: 1: vitest: not found\n', 'vitest'],
  [
    2,
    'nosuchtool -x\nmake: nosuchtool: No such file or directory\nmake: *** [Makefile:2: test] Error 127\n',
    'nosuchtool',
  ],
  [101, 'error: no such command: `nextest`\n\nhelp: a command with a similar name exists: `test`\n', 'nextest'],
  [1, '/usr/bin/python3: No module named pytest\n', 'pytest'],
];
test.each(missing)('exit %i: %s', (exit, output, tool) => expect(missingTool(exit, output)).toBe(tool));

const otherReasons: readonly (readonly [exit: number, output: string])[] = [
  [0, 'sh: 1: nosuchtool: not found\n'],
  [1, 'sh: 1: nosuchtool: not found\nFAILED (failures=1)\n'],
  [127, 'sh: 1: ./gone.sh: not found\n'],
  [127, 'bash: ./gone.sh: No such file or directory\n'],
  [1, '/usr/bin/python3: No module named mypackage\n'],
  [1, "ModuleNotFoundError: No module named 'tests'\n"],
  [2, 'make: *** [Makefile:4: cc] Error 1\n'],
];
test.each(otherReasons)('exit %i is no missing tool: %s', (exit, output) =>
  expect(missingTool(exit, output)).toBeNull(),
);
