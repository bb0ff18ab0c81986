import { stepPlaces, type Context, type SeenBox } from '@hive/agent-kit';
import { beginningOf } from '@hive/errors';
import { streams, type BoxView, type NewEvent } from '@hive/events';
import { tellOfBox } from './tell-of-box.ts';

/** Watches the boxes of hive.yaml, and records when one comes or goes. */
export type BoxWatch = {
  /** To be done every second or so. Never waits for a box. */
  look(): Promise<void>;
};

const lookMs = 1000;

/** The watch of one queen. Of several queens one records a change. Without boxes in hive.yaml it does nothing. */
export const createBoxWatch = (ctx: Context): BoxWatch => {
  const places = stepPlaces(ctx.bus, null);
  let lookedAt = -Infinity;
  let isWatching = false;
  return {
    look: async () => {
      const { around, store } = ctx.bus;
      if (ctx.config.boxes.length === 0 || around.elapsed() - lookedAt < lookMs) return;
      lookedAt = around.elapsed();
      if (!isWatching) void ctx.pool.look(); // goes on by itself from then on
      isWatching = true;
      const { placed } = await places.read();
      if (placed.length > 0) await ctx.pool.state(places); // under work boxes are asked more often
      const boxes = ctx.pool.seen();
      const { heads } = await store.heads(boxes.map(({ name }) => streams.box(name)));
      for (const box of boxes) {
        const view = heads.get(streams.box(box.name))?.view as BoxView | undefined; // made by foldStream
        if (newsOf(box, view)) await tell(ctx, box);
      }
    },
  };
};

/** What is to be recorded of a box; null: the log knows it. */
export const newsOf = (box: SeenBox, view: BoxView | undefined): NewEvent | null => {
  const { name, endpoint, up, trouble, seen } = box;
  if (up === null || up === (view?.up ?? null)) return null;
  const stream = streams.box(name);
  if (!up)
    return { type: 'box.offline', stream, data: { name, reason: beginningOf(trouble ?? 'it does not answer', 1000) } };
  const models = (seen?.models ?? []).slice(0, 100).map((it) => beginningOf(it.name, 300));
  return { type: 'box.online', stream, data: { name, endpoint, models } };
};

const tell = async (ctx: Context, box: SeenBox): Promise<void> => {
  await tellOfBox(ctx, box.name, (view) => newsOf(box, view));
  ctx.log.info({ box: box.name, up: box.up }, 'box changed');
};
