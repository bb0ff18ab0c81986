import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Write, WriteResult } from '../port.ts';
import { postgresDialect as on } from '../dialect.ts';
import { recordedScript, writeScript, type Script } from '../write-rules.ts';
import { runOn } from './connection.ts';
import { isContention, isDuplicate, isLost } from './errors.ts';

/** Whoever waits for the answer wants to hear within five seconds that the database is away. */
const giveUpAfterMs = 4_000;

/**
 * Performs a write. A transaction that met another one, or whose line broke, is repeated as a new one: its events carry ids that were
 * made before the first try, so a COMMIT whose answer was lost is recognised and not done twice.
 */
export const performWrite = async (pool: pg.Pool, write: Write): Promise<WriteResult> => {
  let deadline = performance.now() + giveUpAfterMs;
  let unknown = false;
  for (let attempt = 1; ; attempt++) {
    try {
      const result = await inTransaction(pool, writeScript(write, on), (it) => it.status === 'written');
      // The ids are ours: what stands there was written by the try whose answer was lost.
      return unknown && result.status === 'repeated' ? { ...result, status: 'written' } : result;
    } catch (error) {
      if (isDuplicate(error)) {
        const found = await inTransaction(pool, recordedScript(write), () => false);
        if (found) return found;
      } else if (isLost(error)) {
        // An answer that did not come took all the time; whether it was a yes is worth one more look.
        if (!unknown) deadline = Math.max(deadline, performance.now() + 100);
        unknown = true;
      } else if (!isContention(error)) throw error;
      if (performance.now() > deadline) throw error;
    }
    await sleep(Math.random() * Math.min(500, 5 * 2 ** attempt));
  }
};

/** Plays a script in a transaction of its own and commits it when its result is to be kept. */
const inTransaction = async <T>(pool: pg.Pool, script: Script<T>, keep: (result: T) => boolean): Promise<T> => {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    let step = script.next([]);
    while (!step.done) step = script.next(await runOn(client, step.value));
    if (!keep(step.value)) await client.query('rollback');
    else {
      // A failed transaction answers COMMIT with ROLLBACK and no error.
      const { command } = await client.query('commit');
      if (command !== 'COMMIT') throw new Error(`COMMIT was answered with ${command}`);
    }
    return step.value;
  } catch (error) {
    if (isLost(error)) broken = error as Error;
    else await client.query('rollback').catch((lost: Error) => (broken = lost));
    throw error;
  } finally {
    client.release(broken);
  }
};
