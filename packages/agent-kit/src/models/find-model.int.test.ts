import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { HiveConfig } from '@hive/config';
import { expect, onTestFinished, test } from 'vitest';
import { findModel } from './find-model.ts';

const config = {
  models: { planner: [], worker: [], reviewer: [] },
  boxes: [],
  ollama: { url: 'http://127.0.0.1:9', given: false },
  anthropic: { apiKey: null, baseUrl: null },
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
