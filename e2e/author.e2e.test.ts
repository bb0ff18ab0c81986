import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '@hive/events';
import { parseScenario, startModelServer, type Reply } from '@hive/model-server';
import { afterEach, expect, test } from 'vitest';
import { makeHome, outcomes, type Home } from './hive.ts';

const key = 'sk-canary-7be1';

let home: Home | undefined;
let server: Awaited<ReturnType<typeof startModelServer>> | undefined;
afterEach(async () => {
  await home?.remove();
  await server?.stop();
});

type Calls = NonNullable<Reply['toolCalls']>;
const call = (name: string, input: object): Calls => [{ name, input }];
const edit = (path: string, old_text: string, new_text: string) => call('edit', { path, old_text, new_text });
const write = (path: string, content: string) => call('write', { path, content });
const finish = call('finish', { summary: 'Done' });

/** One task of a plan, and what its author does in each of its turns. */
type Scripted = { readonly key: string; readonly title: string; readonly turns: readonly Calls[] };

const scenario = (name: string, tasks: readonly Scripted[]) =>
  parseScenario({
    name,
    models: [{ name: 'double:1m', contextTokens: 32_768 }],
    apiKey: key,
    rules: [
      {
        contains: 'You plan a change',
        reply: { json: { version: 1, tasks: tasks.map(({ key, title }) => ({ key, title })) } },
      },
      ...tasks.flatMap(({ title, turns }) =>
        turns.map((toolCalls, index) => ({ contains: `The task: ${title}`, call: index + 1, reply: { toolCalls } })),
      ),
    ],
  });

const nodeTest = (module: string, name: string, claim: string) =>
  `import assert from 'node:assert';\nimport { test } from 'node:test';\nimport { ${name} } from '../src/${module}.js';\n\ntest('${name}', () => {\n  ${claim}\n});\n`;
const unitTest = (module: string, claim: string) =>
  `import unittest\n\nimport ${module}\n\n\nclass Test(unittest.TestCase):\n    def test_it(self):\n        ${claim}\n`;

const javascript = {
  files: {
    'package.json': '{ "name": "textkit", "type": "module", "scripts": { "test": "node --test" } }\n',
    'src/clamp.js': 'export const clamp = (n, low, high) => Math.max(high, Math.min(low, n));\n',
    'src/sum.js': 'export const sum = (list) => list.reduce((a, b) => a - b);\n',
    'test/first.test.js': "import { test } from 'node:test';\n\ntest('tests are run', () => {});\n",
  },
  check: 'node --test',
  changed: ['src/clamp.js', 'src/slug.js', 'src/sum.js', 'test/clamp.test.js', 'test/slug.test.js', 'test/sum.test.js'],
  tasks: [
    {
      key: 'clamp',
      title: 'Clamp to the nearer bound',
      turns: [
        [...call('list', {}), ...call('read', { path: 'src/clamp.js' })],
        write('test/clamp.test.js', nodeTest('clamp', 'clamp', 'assert.equal(clamp(1, 0, 3), 1);')),
        call('check', { name: 'node --test' }),
        edit('src/clamp.js', 'Math.max(high, Math.min(low, n))', 'Math.max(low, Math.min(high, n))'),
        call('check', { name: 'node --test' }),
        finish,
      ],
    },
    {
      key: 'sum',
      title: 'Add up lists, also empty ones',
      turns: [
        call('search', { pattern: 'reduce(' }),
        [
          ...edit('src/sum.js', 'a - b)', 'a + b, 0)'),
          ...write('test/sum.test.js', nodeTest('sum', 'sum', 'assert.equal(sum([]) + sum([1, 2]), 3);')),
        ],
        finish,
      ],
    },
    {
      key: 'slug',
      title: 'Make slugs of titles',
      turns: [
        [
          ...write('src/slug.js', "export const slug = (text) => text.toLowerCase().replace(/[^a-z]+/g, '-');\n"),
          ...write('test/slug.test.js', nodeTest('slug', 'slug', "assert.equal(slug('A b'), 'a-b');")),
          ...call('check', { name: 'node --test' }),
        ],
        finish,
      ],
    },
  ],
};

const python = {
  files: {
    'dates.py': 'def days(month):\n    return 30\n',
    'tests/__init__.py': '',
    'tests/test_first.py': unitTest('dates', 'self.assertEqual(dates.days(4), 30)'),
  },
  check: 'python3 -m unittest discover -s tests -t .',
  changed: ['dates.py', 'tests/test_february.py', 'tests/test_words.py', 'words.py'],
  tasks: [
    {
      key: 'february',
      title: 'Know how long February is',
      turns: [
        call('read', { path: 'dates.py' }),
        [
          ...edit('dates.py', 'return 30', 'return 28 if month == 2 else 30'),
          ...write('tests/test_february.py', unitTest('dates', 'self.assertEqual(dates.days(2), 28)')),
        ],
        call('check', { name: 'python3 -m unittest discover -s tests -t .' }),
        finish,
      ],
    },
    {
      key: 'words',
      title: 'Count words',
      turns: [
        [
          ...write('words.py', 'def count(text):\n    return len(text.split())\n'),
          ...write('tests/test_words.py', unitTest('words', "self.assertEqual(words.count(' a  b '), 2)")),
        ],
        finish,
      ],
    },
  ],
};

test.each([
  ['JavaScript', 'Ollama', javascript, 'ollama:double:1m', (url: string) => ({ OLLAMA_HOST: url })],
  [
    'Python',
    'Claude',
    python,
    'claude:double:1m',
    (url: string) => ({ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key }),
  ],
] as const)(
  'a model solves the tasks of a repository in %s by tools, over the protocol of %s; all are proven and merged',
  async (name, _, { files, check, changed, tasks }, ref, env) => {
    server = await startModelServer({ scenario: scenario(name.toLowerCase(), tasks) });
    home = await makeHome(env(server.url));
    await mkdir(home.home, { recursive: true });
    // Where bubblewrap is missing a model's change would not run; that it does not is tested in the workspace.
    await writeFile(join(home.home, 'hive.yaml'), 'hive:\n  sandbox:\n    allowUnsandboxed: true\n');
    const repo = await home.repo(files);
    const result = await home.json<Result>('run', 'Make it right', '--repo', repo, '--check', check, '--model', ref);
    expect(outcomes(result).toSorted()).toEqual(tasks.map((task) => `${task.key} merged`).toSorted());
    for (const task of result.tasks) {
      expect(task.author).toBe(`double:${name.toLowerCase()}`);
      expect(task.evidence).toMatchObject({ redBefore: 'red', greenAfter: true });
    }
    const names = await home.git(repo, 'diff', '--name-only', result.base, result.branch ?? '');
    expect(names.split('\n')).toEqual(changed);
    // One call for the plan, and one for each turn.
    expect(result.usage.calls).toBe(1 + tasks.reduce((sum, { turns }) => sum + turns.length, 0));
    expect(server.requests.filter(({ method, path }) => method === 'POST' && /chat|messages$/.test(path))).toHaveLength(
      result.usage.calls,
    );
    const stored = await readFile(join(home.home, 'hive.db'), 'latin1');
    expect(stored + JSON.stringify(server.requests.map(({ body }) => body))).not.toContain(key);
  },
  180_000,
);
