import { expect, test } from 'vitest';
import { commands } from './commands/index.ts';
import { defineCommand } from './command.ts';
import { parseCommandLine } from './program.ts';

const greet = defineCommand({
  name: 'greet',
  args: [['<name>', 'whom']],
  says: 'Greets',
  options: [
    { flags: '--check <command>', says: 'one more', many: true },
    { flags: '--loud', says: 'louder' },
  ],
  examples: ['hive greet a', 'hive greet b'],
  run: () => Promise.resolve(0),
});
const parse = (...argv: string[]) => parseCommandLine(argv, { commands: [greet], version: '1.2.3' });

test('arguments and options arrive, repeated ones in order', () => {
  expect(parse('greet', 'Ann', '--check', 'a b', '--check', 'c', '--loud', '--json')).toMatchObject({
    kind: 'command',
    args: ['Ann'],
    options: { check: ['a b', 'c'], loud: true, json: true },
  });
});

test('general options may stand before the command', () => {
  expect(parse('--json', 'greet', 'Ann')).toMatchObject({ options: { json: true } });
});

test.each([
  [['gret', 'Ann'], "Unknown command 'gret'; did you mean greet? See hive --help"],
  [['greet', 'Ann', '--lout'], "Unknown option '--lout'; did you mean --loud? See hive greet --help"],
  [['greet'], "Missing required argument 'name'; see hive greet --help"],
  [
    ['greet', 'Ann', 'Bob'],
    "Too many arguments for 'greet': expected 1 argument but got 2: Ann, Bob; see hive greet --help",
  ],
])('%j is wrong usage', (argv, message) => {
  expect(() => parse(...argv)).toThrow(expect.objectContaining({ code: 'input.invalid', message }));
});

test('version and help are texts', () => {
  expect(parse('--version')).toEqual({ kind: 'text', text: '1.2.3\n' });
  expect(parse('greet', '--help')).toMatchObject({ text: expect.stringContaining('hive greet b') });
  expect(parse()).toMatchObject({ text: expect.stringContaining('greet') });
});

test.each(commands.map((spec) => [spec.name, spec] as const))(
  '%s has help with two examples of its own',
  (name, spec) => {
    const asked = parseCommandLine([name, '--help'], { commands, version: '1' });
    const text = asked.kind === 'text' ? asked.text : '';
    expect(text).toContain(spec.says);
    expect(new Set(spec.examples).size).toBe(2);
    for (const example of spec.examples) {
      expect(text).toContain(example);
      expect(example).toMatch(new RegExp(`hive ${name}\\b`));
    }
  },
);
