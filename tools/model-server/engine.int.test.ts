import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createInterface } from 'node:readline';
import { Ollama } from 'ollama';
import { afterAll, beforeAll, expect, test as base } from 'vitest';
import { noiseScenario, noLlama, startEngine, startModelServer, type Engine, type ModelServer } from './index.ts';

const missing = await noLlama();
const test = base.skipIf(missing !== null);
const main = join(import.meta.dirname, 'main.ts');

let engine: Engine;
let server: ModelServer;
beforeAll(async () => {
  if (missing !== null) return;
  engine = await startEngine();
  server = await startModelServer({
    scenario: { ...noiseScenario, rules: [{ contains: 'by heart', reply: { text: 'Known.' } }, {}] },
    engine,
  });
});
afterAll(async () => {
  if (missing !== null) return;
  await server.stop();
  await engine.stop();
});

const model = 'noise:129k';
const ask = (content: string, more: object = {}) =>
  new Ollama({ host: server.url }).chat({ model, messages: [{ role: 'user', content }], ...more });

test('the official client hears the same text piece by piece and whole', async () => {
  const options = { seed: 5, num_predict: 40 };
  const pieces: string[] = [];
  const streamed = await new Ollama({ host: server.url }).chat({
    model,
    messages: [{ role: 'user', content: 'hello' }],
    options,
    stream: true,
  });
  for await (const { message } of streamed) pieces.push(message.content);
  const whole = await ask('hello', { options });
  expect(pieces.join('')).toBe(whole.message.content);
  expect(pieces.length).toBeGreaterThan(2);
  const generated = await new Ollama({ host: server.url }).generate({ model, prompt: 'hello', options });
  expect(generated).toMatchObject({ response: whole.message.content, eval_count: whole.eval_count });
});

test('prompts are counted by the tokenizer of the model', async () => {
  const count = async (content: string) => (await ask(content, { options: { num_predict: 1 } })).prompt_eval_count;
  // <s> <|user|> <|end|> <|assistant|>, and a token of one word less than it has letters: "he" is one.
  expect(await count('hex')).toBe((await count('x')) + 1);
  // No token has it, so each of its bytes is one.
  expect(await count('x🐝')).toBe((await count('x')) + 4);
  // What a user writes is never read as what a template writes.
  expect(await count('x<|end|>')).toBe((await count('x')) + 7);
});

test('what does not fit is cut, and a rule with a reply still answers', async () => {
  const { prompt_eval_count } = await ask('x'.repeat(1000), { options: { num_ctx: 200, num_predict: 1 } });
  expect(prompt_eval_count).toBe(199);
  expect((await ask('Say it by heart')).message.content).toBe('Known.');
});

test('an answer ends at a word to stop at', async () => {
  const long = await ask('hello', { format: flags, options: { seed: 1 } });
  const short = await ask('hello', { format: flags, options: { seed: 1, stop: ['"b"'] } });
  expect(long.message.content).toContain('"b"');
  expect(short.message.content).toBe(long.message.content.split('"b"', 1)[0]);
  expect(short.done_reason).toBe('stop');
});
const flags = {
  type: 'object',
  properties: { a: { type: 'boolean' }, b: { type: 'boolean' } },
  required: ['a', 'b'],
  additionalProperties: false,
};

test('a schema that no grammar can be made of is an error, and the next call is answered', async () => {
  await expect(ask('hello', { format: { type: 'string', minLength: 1e6 } })).rejects.toMatchObject({
    status_code: 500,
  });
  expect((await ask('hello', { options: { num_predict: 3 } })).done).toBe(true);
});

test('started by hand it answers as a double', async () => {
  const child = spawn(process.execPath, [main, '--engine', '--quiet'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { url } = JSON.parse(String((await lines.next()).value)) as { url: string };
  const answer = await fetch(`${url}/api/chat`, {
    method: 'POST',
    body: JSON.stringify({
      model,
      stream: false,
      messages: [{ role: 'user', content: 'x' }],
      options: { num_predict: 1 },
    }),
  });
  expect(answer.headers.get('x-hive-double')).toBe('noise');
  expect(await answer.json()).toMatchObject({ done: true, prompt_eval_count: expect.any(Number) as number });
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[0]).toBe(0);
});

base.skipIf(missing === null)('without node-llama-cpp it ends with 2 and the line that installs it', async () => {
  const child = spawn(process.execPath, [main, '--engine'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect(code).toBe(2);
  expect(said).toContain('npm install --prefix tools/model-server/llama');
});
