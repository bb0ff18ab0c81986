import { test } from 'vitest';
import { modelContract } from '@hive/llm/testing';
import { startContractServer } from '@hive/model-server';
import { createOllama } from './index.ts';

const contract = modelContract(
  async ({ script, idleMs }) => {
    const { url, ...served } = await startContractServer(script);
    return {
      ...served,
      model: createOllama({ endpoint: url, model: 'double:1m', box: 'walnut', loadMs: idleMs, clock: served.clock }),
    };
  },
  { live: true },
);
for (const { name, run } of contract) test(name, run);
