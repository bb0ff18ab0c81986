import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HiveConfig } from '@hive/config';
import { complete } from '@hive/llm';
import { expect, onTestFinished, test } from 'vitest';
import { findModel } from './find-model.ts';

const config = {
  models: { planner: [], worker: [], reviewer: [] },
  boxes: [],
  ollama: { url: 'http://127.0.0.1:9', given: false },
  anthropic: { apiKey: null, baseUrl: null },
  claudeCode: null,
} as unknown as HiveConfig;

test('a named model without its key is told about once', async () => {
  const found = findModel(config, { role: 'planner', ref: 'claude:claude-x', localOnly: false });
  await expect(found).rejects.toMatchObject({
    code: 'model.missing',
    message:
      'No model for the planner: claude:claude-x needs ANTHROPIC_API_KEY in the environment of Hive. ' +
      'Start Ollama, add a box or `models:` to hive.yaml, or name one with --model',
  });
});

test('a paid model is not taken when only local ones are allowed', async () => {
  const found = findModel(config, { role: 'worker', ref: 'claude:claude-x', localOnly: true });
  await expect(found).rejects.toThrow(
    /^No model for the worker: claude:claude-x is not local and --local-only was given\./,
  );
});

test('an Ollama without models is not taken for one that does not answer', async () => {
  const empty = createServer((_, response) => response.end('{"models":[],"version":"0.1.0"}')).listen(0, '127.0.0.1');
  onTestFinished(() => void empty.close());
  await once(empty, 'listening');
  const url = `http://127.0.0.1:${(empty.address() as AddressInfo).port}`;
  const found = findModel(
    { ...config, ollama: { url, given: true } },
    { role: 'worker', ref: 'ollama:x', localOnly: false },
  );
  await expect(found).rejects.toThrow('no box has x; pull it with: ollama pull x');
});

test('Claude Code is started by nobody who has not said so in hive.yaml', async () => {
  const wanted = { role: 'worker', ref: 'claude-code:claude-x', localOnly: false } as const;
  await expect(findModel(config, wanted)).rejects.toThrow('`claude_code: { terms: accepted }` in hive.yaml');
  const claudeCode = { command: 'claude', path: '/nowhere', home: '/nowhere' };
  await expect(findModel({ ...config, claudeCode }, wanted)).rejects.toThrow('there is no claude on PATH');
  await expect(findModel({ ...config, claudeCode }, { ...wanted, localOnly: true })).rejects.toThrow('not local');
});

test('the Claude Code of the user is asked without tools, in an empty folder, and told nothing of the surroundings', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hive-claude-code-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'claude'), `#!${process.execPath}\n${stub}`);
  await chmod(join(folder, 'claude'), 0o755);
  const model = await findModel(
    { ...config, home: folder, claudeCode: { command: 'claude', path: folder, home: folder } },
    { role: 'planner', ref: 'claude-code:claude-x', localOnly: false },
  );
  const request = { system: [], messages: [{ role: 'user', parts: [{ text: 'Where?' }] }], maxTokens: 1000 } as const;
  const run = {
    signal: new AbortController().signal,
    deadline: new Date(Date.now() + 25_000),
    idleMs: 20_000,
    correlationId: 'c',
    callId: 'c',
  };
  const seen = JSON.parse((await complete(model, request, run)).text) as { cwd: string; tools: string; env: string[] };
  expect(seen).toMatchObject({ cwd: join(folder, 'claude-code'), tools: '' });
  expect(seen.env.filter((name) => /KEY|TOKEN|HIVE/.test(name))).toEqual([]);
  expect(await readdir(seen.cwd)).toEqual([]);
});

/** Answers one question with what it sees. */
const stub = `
const tell = (message) => process.stdout.write(JSON.stringify(message) + '\\n');
process.stdin.once('data', () => {
  const tools = process.argv[process.argv.indexOf('--tools') + 1];
  const result = JSON.stringify({ cwd: process.cwd(), tools, env: Object.keys(process.env) });
  tell({ type: 'system', subtype: 'init', session_id: 's', claude_code_version: '2.1.329', model: 'claude-x' });
  tell({ type: 'stream_event', event: { type: 'content_block_delta', delta: { type: 'text_delta', text: result } } });
  tell({ type: 'result', subtype: 'success', is_error: false, result, stop_reason: 'end_turn', modelUsage: {} });
});
process.stdin.on('end', () => process.exit(0));
`;
