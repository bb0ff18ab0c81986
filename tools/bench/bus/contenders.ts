import type { Contender } from './contender.ts';

/** Loaded one at a time, so that no contender's process carries another one's code. */
const loaders: Readonly<Record<string, () => Promise<Contender>>> = {
  hive: async () => (await import('./hive.ts')).hive,
  'pg-boss': async () => (await import('./pg-boss.ts')).pgBoss,
  'graphile-worker': async () => (await import('./graphile-worker.ts')).graphileBest,
  'graphile-worker default': async () => (await import('./graphile-worker.ts')).graphileDefault,
};

/** The queues that Hive is measured against. */
export const peers = ['pg-boss', 'graphile-worker', 'graphile-worker default'] as const;

export const contenderOf = (name: string): Promise<Contender> => {
  const load = loaders[name];
  if (!load) throw new Error(`there is no contender ${name}`);
  return load();
};
