import { callModel, createLostCalls, defineAgent, type Agent, type Context, type StepInHand } from '@hive/agent-kit';
import { streams, type NewEvent } from '@hive/events';
import type { ModelRequest } from '@hive/llm';

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
    every: [{ ms: 200, run: async ({ own }) => void (await own.look()) }],
  }) as Agent;
