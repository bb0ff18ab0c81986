import { test } from 'vitest';
import { modelContract } from '@hive/llm/testing';
import { startContractServer } from '@hive/model-server';
import { createClaude } from './index.ts';

const contract = modelContract(
  async ({ script }) => {
    const { url, ...served } = await startContractServer(script);
    return {
      ...served,
      model: createClaude({ apiKey: 'test-key', baseURL: url, model: 'claude-double', clock: served.clock }),
    };
  },
  { live: true },
);
for (const { name, run } of contract) test(name, run);
