import type { Store } from '@hive/core-db';
import type { Health, LimitsView } from '@hive/events';

const many = 1000;
const lookedAt = 200;

/** The limits of providers that are met now, and how many steps were put off until they end. */
export const limitsNow = async (store: Store): Promise<NonNullable<Health['limits']>> => {
  const [heads, now] = await Promise.all([store.listHeads({ kind: 'limit', limit: many }), store.now()]);
  const met = heads.flatMap(({ id, view }) =>
    Object.values(view as LimitsView).flatMap(({ hit, kind, resetsAt }) =>
      hit && resetsAt !== null && resetsAt > now ? [{ of: id, kind, until: resetsAt }] : [],
    ),
  ); // heads of kind limit
  if (met.length === 0) return [];
  const steps = await store.steps({ states: ['scheduled'], limit: lookedAt });
  const last = await Promise.all(steps.map((step) => store.event(step.lastEventId)));
  const untils = last.flatMap((event) => (event?.type === 'task.snoozed' ? [event.data.reason] : []));
  return met.map((limit) => ({ ...limit, waiting: untils.filter((reason) => reason.includes(limit.until)).length }));
};
