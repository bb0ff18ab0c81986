import { expect, test } from 'vitest';
import { splitCommand } from './split-command.ts';

test.each([
  ['npm test', ['npm', 'test']],
  [`sh -c 'a && b | c > "$X"'`, ['sh', '-c', 'a && b | c > "$X"']],
  ['pytest "a b" c\\ d', ['pytest', 'a b', 'c d']],
  ['node --test test/*.test.js', ['node', '--test', 'test/*.test.js']],
  ["echo '`date`'", ['echo', '`date`']],
  ['make -j2 X=1', ['make', '-j2', 'X=1']],
])('%s is split like a shell would', (command, argv) => {
  expect(splitCommand(command)).toEqual(argv);
});

test.each([
  'a && b',
  'a | b',
  'a > b',
  'a; b',
  'echo $HOME',
  'echo ${X}',
  'echo "$X"',
  'echo `date`',
  "echo 'open",
  'a & b',
  'a # b',
])('%s is refused, since nothing runs a shell', (command) => {
  expect(() => splitCommand(command)).toThrow(
    expect.objectContaining({
      code: 'input.invalid',
      message: expect.stringContaining('not run by a shell') as string,
    }) as Error,
  );
});

test('a list is taken as it is, and an empty command is refused', () => {
  expect(splitCommand(['a', '$X', '&&'])).toEqual(['a', '$X', '&&']);
  for (const empty of ['', '  ', [] as string[], ['']])
    expect(() => splitCommand(empty)).toThrow(expect.objectContaining({ code: 'input.invalid' }) as Error);
});
