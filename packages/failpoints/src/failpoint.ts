import { setTimeout as sleep } from 'node:timers/promises';
import type { FailpointName } from './names.ts';
import type { Action } from './order.ts';

/** Counts a hit and answers what is ordered for it; null when nothing is. */
export type Armed = (name: FailpointName) => Action | null;

/** One per process; null outside of test mode. */
const state: { armed: Armed | null } = { armed: null };

/** Arms the failpoints of this process, or disarms them; see `armFailpoints`. */
export const setArmed = (armed: Armed | null): void => {
  state.armed = armed;
};

/**
 * A place where a process can be made to die, to stop or to fail. Costs one look at a property where nothing is armed. Call it in the shell, never
 * in a decision, and outside of any transaction; inside of one use {@link failpointSync}.
 *
 * @example
 * await failpoint('merge.ref.moved');
 */
export const failpoint = (name: FailpointName): Promise<void> | undefined =>
  state.armed === null ? undefined : reach(name, state.armed);

/** The same where nothing may be awaited: hanging and delaying then block the whole process. */
export const failpointSync = (name: FailpointName): void => {
  if (state.armed === null) return;
  const action = state.armed(name);
  if (action === null) return;
  if (action.kind === 'hang') block(Infinity);
  if (action.kind === 'delay') block(action.ms);
  strike(name, action);
};

const reach = async (name: FailpointName, armed: Armed): Promise<void> => {
  const action = armed(name);
  if (action === null) return;
  // A timer that never fires keeps the process alive, as work that hangs would.
  if (action.kind === 'hang') await new Promise(() => setInterval(() => undefined, 60_000));
  if (action.kind === 'delay') await sleep(action.ms);
  strike(name, action);
};

const strike = (name: FailpointName, action: Action): void => {
  if (action.kind === 'kill') {
    process.kill(process.pid, 'SIGKILL');
    block(Infinity); // the signal may arrive a moment later, and nothing more may happen
  }
  if (action.kind === 'stop') {
    process.kill(process.pid, 'SIGSTOP');
    block(stopMs);
  }
  if (action.kind === 'throw') throw new Error(`failpoint ${name}`);
  if (action.kind === 'enospc')
    throw Object.assign(new Error(`ENOSPC: no space left on device, failpoint ${name}`), { code: 'ENOSPC' });
};

/** Long enough for the signal to arrive, so that nothing happens between the call and the stop. */
const stopMs = 5;

const block = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
