import type { Reply, Rule } from '@hive/model-server';

type Calls = NonNullable<Reply['toolCalls']>;

/** A call of a tool, as a model makes it. */
export const call = (name: string, input: object): Calls[number] => ({ name, input });
export const finish = call('finish', { summary: 'done' });
export const write = (path: string, content: string) => call('write', { path, content });

/** The replies of an author whose prompt holds this text, one after the other. */
export const author = (contains: string, ...replies: Calls[]): Rule[] =>
  replies.map((toolCalls, index) => ({ contains, call: index + 1, reply: { toolCalls } }));

const plan = {
  version: 1,
  tasks: [
    { key: 'add', title: 'Add the numbers', paths: ['sum.js', 'test.js'] },
    { key: 'say', title: 'Say two', needs: ['add'], paths: ['other.txt'], redBefore: 'not_needed' },
  ],
};
/** What its check prints is never the same twice. */
const asserts = `const sum = require('./sum.js');\nconsole.log('took ' + process.hrtime.bigint() + ' ns');\nif (sum(2, 2) !== 4) process.exit(1);\n`;

/** A repository, and a model that plans two tasks in it and works on them in eight calls. */
export const sumScene = {
  files: { 'sum.js': 'module.exports = (a, b) => a - b;\n', 'other.txt': 'one\n', 'test.js': '' },
  rules: [
    { contains: 'You plan a change', reply: { json: plan } },
    ...author(
      'Add the numbers',
      [write('test.js', asserts)],
      [call('check', { name: 'node test.js' })],
      [write('sum.js', 'module.exports = (a, b) => a + b;\n')],
      [call('check', { name: 'node test.js' })],
      [finish],
    ),
    ...author('Say two', [write('other.txt', 'two\n')], [finish]),
  ] satisfies Rule[],
  request: (repo: string) => ({ goal: 'Make it add', repo, checks: ['node test.js'] }),
};
