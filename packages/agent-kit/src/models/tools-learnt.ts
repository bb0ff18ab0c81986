import { record } from '@hive/bus';
import { streams, type BoxView, type ToolsLearnt } from '@hive/events';
import type { ModelRef } from '@hive/llm';
import { probeBox } from '@hive/ollama-bridge';
import type { Context, StepInHand } from '../agent.ts';
import { boxesOf } from './find-model.ts';

/** Who answered on a box: the model by name, and what it is there. */
export type Served = { readonly box: string; readonly model: string; readonly digest: string };

const probeMs = 2000;

/** How the model that a box has under this name now did with tools; null: nobody has learnt anything, or it was another one. */
export const toolsLearnt = async (
  { provider, model, box }: ModelRef,
  { bus, config }: Pick<Context, 'bus' | 'config'>,
): Promise<ToolsLearnt | null> => {
  const found = boxesOf(config).find(({ name }) => name === box);
  if (provider !== 'ollama' || !found) return null;
  const stream = streams.box(found.name);
  const view = (await bus.store.heads([stream])).heads.get(stream)?.view as BoxView | undefined; // made by foldStream
  if (!view?.tools) return null;
  // The box itself is asked: what was last seen of it may be of before a pull.
  const there = await probeBox(found.endpoint, () => AbortSignal.timeout(probeMs)).catch(() => null);
  const own = there?.models.find(({ name }) => name === model || name === `${model}:latest`);
  return own ? (view.tools[own.digest] ?? null) : null;
};

/** Records, once, that a model on a box calls no tools, found out by the author of a task. */
export const tellNoTools = async (
  { box, model, digest }: Served,
  because: string,
  { workflow, task }: StepInHand,
  { bus }: Pick<Context, 'bus'>,
): Promise<void> => {
  const [stream, own] = [streams.box(box), task ? streams.task(task.id) : streams.workflow(workflow.id)];
  const data = { name: box, model, digest, calls: false, because, ...(task && { taskId: task.id }) };
  await record(bus.store, {
    streams: [stream, own],
    onRefused: 'throw',
    newId: bus.around.newId,
    plan: (heads) => {
      const view = heads.get(stream)?.view as BoxView | undefined; // made by foldStream
      const isKnown = view?.tools?.[digest]?.calls === false;
      return {
        moves: isKnown ? [] : [{ events: [{ type: 'box.tools_learnt', stream, data }] }],
        stamp: { correlationId: workflow.id, causationId: heads.get(own)?.lastEventId ?? null, actor: bus.actor },
      };
    },
  });
};
