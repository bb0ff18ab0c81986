// Run in a network of its own: asks once with --local-only and once without, and prints how both ended.
import { callModel, defineAgent, type Context, type StepInHand } from '@hive/agent-kit';
import { openHouse } from '@hive/agent-kit/testing';
import { streams, type NewEvent } from '@hive/events';
import { startModelServer } from '@hive/model-server';

const [remote = ''] = process.argv.slice(2);
const box = await startModelServer({
  scenario: { name: 'box', models: [{ name: 'tiny', contextTokens: 32_768 }], rules: [{ reply: { text: 'Yes.' } }] },
});
const house = await openHouse({
  yaml: `hive:
  agents: { walnut: { endpoint: '${box.url}' } }
  models: { worker: [claude:sonnet, ollama:tiny@walnut] }
  sandbox: { mode: off, allowUnsandboxed: true }
  disk: { floorGb: 0 }
`,
  env: { ANTHROPIC_API_KEY: 'sk-canary', ANTHROPIC_BASE_URL: remote },
});

const over = new Map<string, () => void>();
const work = async (step: StepInHand, ctx: Context): Promise<NewEvent[]> => {
  const taskId = step.task?.id ?? '';
  const request = { system: [], messages: [{ role: 'user', parts: [{ text: 'Well?' }] }], maxTokens: 10 } as const;
  const wanted = { role: 'worker', ref: null, localOnly: step.workflow.submission.localOnly } as const;
  try {
    await callModel({ wanted, request }, step, ctx);
  } finally {
    over.get(taskId)?.();
  }
  const data = { taskId, ...step.mark, code: 'patch.empty', reason: 'asked' } as const;
  return [{ type: 'task.refused', stream: streams.task(taskId), data }];
};
await house.start(defineAgent({ name: 'worker', steps: { work } }));

const askOnce = async (localOnly: boolean): Promise<void> => {
  const [taskId = ''] = await house.begin({ repo: '/nowhere', base: '1'.repeat(40), localOnly }, {});
  const ended = new Promise<void>((resolve) => over.set(taskId, resolve));
  await house.enqueue(taskId, 'work', { maxAttempts: 1 });
  await ended;
  const { events } = await house.store.events({ types: ['model.called'], newest: true, limit: 1 });
  const [call] = events;
  const told =
    call?.type === 'model.called' ? { destination: call.data.destination, outcome: call.data.outcome } : null;
  process.stdout.write(`${JSON.stringify({ localOnly, call: told, box: new URL(box.url).host })}\n`);
};
await askOnce(true);
await askOnce(false);
await house.close();
await box.stop();
