import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '@hive/core-db';
import { signal } from './temporary-building.ts';

const takenOverMs = 30_000;
const lookMs = 20;

/** Kills the command that a stopped process has just started, and lets the process go on. Its children are found on Linux only. */
export const killChildren = (pid: number): void => {
  for (const child of childrenOf(pid)) signal(child, 'SIGKILL');
  signal(pid, 'SIGCONT');
};

const childrenOf = (pid: number): number[] => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
};

/** Leaves a stopped process alone until somebody else has all that it holds, then wakes it. False when nobody took it within half a minute. */
export const wakeWhenTakenOver = async (store: Store, pid: number): Promise<boolean> => {
  const sleeper = (await store.agents()).find((agent) => agent.pid === pid);
  const held = sleeper ? await store.steps({ holder: sleeper.incarnation, states: ['claimed'], limit: 100 }) : [];
  const isTakenOver = async (): Promise<boolean> => {
    const now = await store.steps({ ids: held.map((step) => step.id), limit: held.length });
    return now.every(
      (step) => step.state !== 'ready' && step.token > (held.find((it) => it.id === step.id)?.token ?? 0),
    );
  };
  try {
    if (held.length === 0) return true;
    for (const end = Date.now() + takenOverMs; Date.now() < end; await delay(lookMs))
      if (await isTakenOver()) return true;
    return false;
  } finally {
    signal(pid, 'SIGCONT');
  }
};
