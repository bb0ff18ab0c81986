import { callModel, createLostCalls, defineAgent, type Agent, type Context, type StepInHand } from '@hive/agent-kit';
import { openHouse, type House } from '@hive/agent-kit/testing';
import { streams, type HiveEvent, type NewEvent } from '@hive/events';
import type { ModelRequest } from '@hive/llm';
import { startModelServer, type ModelServer, type Scenario } from '@hive/model-server';
import { expect } from 'vitest';

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
    key = 'sk-canary-4711',
    env = {},
  }: { claude?: Partial<Scenario>; key?: string; env?: Record<string, string> } = {},
): Promise<Doubles> => {
  const rules = [{ reply: { text: 'Yes.', usage: { input: 60, output: 40 } } }];
  const claude = await startModelServer({ scenario: { name: 'claude', rules, ...plan } });
  const box = await startModelServer({
    scenario: { name: 'box', models: [{ name: 'tiny', contextTokens: 32_768 }], rules },
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

/** A question of so many characters. */
export const question = (text: string, maxTokens = 100): ModelRequest => ({
  system: [],
  messages: [{ role: 'user', parts: [{ text }] }],
  maxTokens,
});

/** A worker that asks once per turn and then hands in nothing, which is how its task ends well here. */
export const asker = (ref: string | null, turns: (n: number, step: StepInHand) => ModelRequest, count = 1): Agent =>
  defineAgent({
    name: 'worker',
    concurrency: 4,
    steps: {
      work: async (step: StepInHand, ctx: Context): Promise<NewEvent[]> => {
        const wanted = {
          role: 'worker',
          ref: step.task?.spec.model ?? ref,
          localOnly: step.workflow.submission.localOnly,
        } as const;
        for (let n = 0; n < count; n++) await callModel({ wanted, request: turns(n, step) }, step, ctx);
        const taskId = step.task?.id ?? '';
        const data = { taskId, ...step.mark, code: 'patch.empty', reason: 'asked' } as const;
        return [{ type: 'task.refused', stream: streams.task(taskId), data }];
      },
    },
    // What the orchestrator does in a building.
    open: (ctx) => Promise.resolve(createLostCalls(ctx)),
    every: { ms: 200, run: async ({ own }) => void (await own.look()) },
  }) as Agent;

/** All events of these types, in log order. */
export const told = async (house: House, ...types: string[]): Promise<HiveEvent[]> => [
  ...(await house.store.events({ types, limit: 10_000 })).events,
];

/** Waits until the tasks have ended like this; a busy machine gets its time. */
export const ended = async (house: House, taskIds: readonly string[], state = 'refused'): Promise<void> => {
  await expect
    .poll(async () => (await Promise.all(taskIds.map((id) => house.view(id)))).map((task) => task.state), {
      timeout: 40_000,
      interval: 100,
    })
    .toEqual(taskIds.map(() => state));
};
