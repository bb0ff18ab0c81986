import { learntAtOnce, type Context } from '@hive/agent-kit';
import { beginningOf } from '@hive/errors';
import { streams, type BoxView, type NewEvent } from '@hive/events';
import { tellOfBox } from './tell-of-box.ts';

/** Learns how many calls at once boxes are good for whose number hive.yaml does not say, and records when that changes. */
export type ParallelWatch = {
  /** To be done every now and then. */
  look(): Promise<void>;
};

const lookMs = 10_000;
/** What is older may be of another Ollama, and a trial that failed may be worth another one. */
const lastCalls = 300;

/** The watch of one queen. Of several queens one records a change. Without such boxes it does nothing. */
export const createParallelWatch = (ctx: Context): ParallelWatch => {
  const boxes = ctx.config.boxes.filter(({ parallel }) => parallel === undefined);
  const { store, around } = ctx.bus;
  let lookedAt = -Infinity;
  let seen = -1;
  return {
    look: async () => {
      if (boxes.length === 0 || around.elapsed() - lookedAt < lookMs) return;
      lookedAt = around.elapsed();
      const { events } = await store.events({ types: ['model.called'], newest: true, limit: lastCalls });
      const last = Math.max(-1, ...events.map(({ position }) => position));
      if (last === seen) return;
      seen = last;
      for (const { name } of boxes) {
        const { calls, because } = learntAtOnce(name, events);
        if (because !== null) await tellOfBox(ctx, name, (view) => changeOf(name, { calls, because }, view));
      }
    },
  };
};

const changeOf = (
  name: string,
  to: { readonly calls: number; readonly because: string },
  view: BoxView | undefined,
): NewEvent | null => {
  const from = view?.parallel?.calls ?? 1;
  if (from === to.calls) return null;
  const data = { name, from, to: to.calls, because: beginningOf(to.because, 1000) };
  return { type: 'box.parallel_changed', stream: streams.box(name), data };
};
