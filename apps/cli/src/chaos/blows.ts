import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { StepRow, Store } from '@hive/core-db';
import { signal } from './temporary-building.ts';

const takenOverMs = 30_000;
const lookMs = 20;
const stopsWithinMs = 10_000;

/** Kills the command that a process has started just before it stops, and lets the process go on. Its children are found on Linux only. */
export const killChildren = async (pid: number): Promise<void> => {
  await stopped(pid);
  for (const child of childrenOf(pid)) signal(child, 'SIGKILL');
  signal(pid, 'SIGCONT');
};

/** Lets a process go on that is about to stop. */
export const wake = async (pid: number): Promise<void> => {
  await stopped(pid);
  signal(pid, 'SIGCONT');
};

/** A process tells of its hit before it stops. What wakes it before it sleeps is lost, and then it sleeps for ever. */
const stopped = async (pid: number): Promise<void> => {
  for (const end = Date.now() + stopsWithinMs; Date.now() < end; await delay(lookMs)) {
    const state = stateOf(pid);
    if (state === null || state === 'T' || state === 'Z') return;
  }
};

/** The letter that the kernel gives the state of a process; null when it is gone or the kernel does not say. */
const stateOf = (pid: number): string | null => {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
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
  try {
    const sleeper = (await store.agents()).find((agent) => agent.pid === pid);
    const held = sleeper ? await store.steps({ holder: sleeper.incarnation, states: ['claimed'], limit: 100 }) : [];
    for (const end = Date.now() + takenOverMs; Date.now() < end; await delay(lookMs))
      if (await isTakenOver(store, held)) return true;
    return false;
  } finally {
    await wake(pid);
  }
};

/** A newer token says that somebody else has claimed it, and perhaps ended it. */
const isTakenOver = async (store: Store, held: readonly StepRow[]): Promise<boolean> => {
  if (held.length === 0) return true;
  const now = await store.steps({ ids: held.map((step) => step.id), limit: held.length });
  return held.every(({ id, token }) => now.some((step) => step.id === id && step.token > token));
};
