import { openHouse, type House } from '@hive/agent-kit/testing';
import type { HiveEvent } from '@hive/events';
import { startModelServer, type ModelServer, type Scenario } from '@hive/model-server';
import { expect } from 'vitest';

export { asker, question } from './asker.ts';

/** A house whose models are doubles: one stands in for a plan of Claude's, the other for a box. */
export type Doubles = {
  readonly house: House;
  readonly claude: ModelServer;
  readonly box: ModelServer;
  close(): Promise<void>;
};

/** Opens a house with hive.yaml of these lines (below `hive:`), where `walnut` is a box. */
export const openDoubles = async (
  yaml: string,
  {
    claude: plan = {},
    box: local = {},
    key = 'sk-canary-4711',
    env = {},
  }: { claude?: Partial<Scenario>; box?: Partial<Scenario>; key?: string; env?: Record<string, string> } = {},
): Promise<Doubles> => {
  const rules = [{ reply: { text: 'Yes.', usage: { input: 60, output: 40 } } }];
  const claude = await startModelServer({ scenario: { name: 'claude', rules, ...plan } });
  const box = await startModelServer({
    scenario: { name: 'box', models: [{ name: 'tiny', contextTokens: 32_768 }], rules, ...local },
  });
  const lines = [
    `agents: { walnut: { endpoint: '${box.url}' } }`,
    'sandbox: { mode: off, allowUnsandboxed: true }',
    'disk: { floorGb: 0 }',
  ];
  const house = await openHouse({
    yaml: `hive:\n${[...lines, ...yaml.trim().split('\n')].map((line) => `  ${line}`).join('\n')}\n`,
    env: { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: claude.url, ...env },
  });
  return {
    house,
    claude,
    box,
    close: async () => {
      await house.close();
      await claude.stop();
      await box.stop();
    },
  };
};

/** All events of these types, in log order. */
export const told = async (house: House, ...types: string[]): Promise<HiveEvent[]> => [
  ...(await house.store.events({ types, limit: 10_000 })).events,
];

/** Waits until the tasks have ended like this; a busy machine gets its time. */
export const ended = async (house: House, taskIds: readonly string[], state = 'refused'): Promise<void> => {
  await expect
    .poll(async () => (await Promise.all(taskIds.map((id) => house.view(id)))).map((task) => task.state), {
      timeout: 60_000,
      interval: 100,
    })
    .toEqual(taskIds.map(() => state));
};
