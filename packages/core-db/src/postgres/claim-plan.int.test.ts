import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openStore } from '../open-store.ts';
import { headColumns, stepColumn, stepFields } from '../rows.ts';
import { sampleAgent, sampleStep, sampleWrite, onServer, testPostgres } from '../testing/index.ts';

const waiting = 200_000;
const claims = 40;
const atOnce = 5;
const lanes = 4;
const streams = 5_000;

test(`a claim reads a few rows of ${waiting} that wait, and nobody has counted them`, async () => {
  const { url, drop } = await testPostgres();
  const store = await openStore({ url, home: '' });
  try {
    const stream = `box/${randomUUID()}`;
    // One step in each lane, as the store itself writes it; the others are copies with ids and streams of their own.
    const first = Array.from({ length: lanes }, (_, n) =>
      sampleStep({ stream, capabilities: n === 0 ? [] : [`c${n}`] }),
    );
    await store.write({ ...sampleWrite(stream, 0), insertSteps: first });
    await onServer(url, copiesOf('step', stepColumns), copiesOf('stream_head', headColumns));
    await store.beat(sampleAgent('worker'));
    const before = await readSoFar(url);
    for (let n = 0; n < claims; n++) {
      const won = await store.claim({
        kinds: ['work'],
        agent: 'worker',
        incarnation: 'today',
        capabilities: ['c1', 'c2', 'c3'],
        limit: atOnce,
        leaseMs: 60_000,
        actor: 'worker/worker',
        newId: randomUUID,
      });
      expect(won.length).toBeGreaterThan(0);
      // Nor does looking for what limits hold up read what has none.
      expect(await store.limitCounts()).toEqual([]);
      expect(await store.steps({ limited: [{ key: 'a', max: 1 }], states: ['parked'], limit: 1 })).toEqual([]);
    }
    // The statistics of a session are told when it has rested for a moment.
    await expect
      .poll(async () => (await readSoFar(url)).claimed - before.claimed, { timeout: 60_000 })
      .toBeGreaterThan(0);
    const after = await readSoFar(url);
    expect(after.scanned - before.scanned).toBe(0);
    // Each lane is read up to the limit, with a little for rows that were claimed before and are not yet forgotten by the index.
    expect((after.claimed - before.claimed) / claims).toBeLessThan(lanes * atOnce * 20);
  } finally {
    await store.close();
    await drop();
  }
});

const stepColumns = [...stepFields.map((it) => stepColumn[it]), 'lane'];

/** Many rows like those that are there, spread over many streams and with ranks in no order. */
const copiesOf = (table: string, columns: readonly string[]): string => {
  const many = table === 'step' ? waiting / lanes : streams;
  const changed: Record<string, string> = {
    stream: table === 'step' ? `t.stream || '-' || ((g * ${lanes} + n) % ${streams})` : `t.stream || '-' || g`,
    id: `t.id || '-' || g`,
    rank: `(g * 7919) % 100003`,
  };
  return `insert into ${table} (${columns.join(', ')}) select ${columns.map((it) => changed[it] ?? `t.${it}`).join(', ')}
    from (select *, row_number() over () - 1 as n from ${table}) t cross join generate_series(0, ${many - 1}) g`;
};

/** What was read of the waiting steps: one after the other from end to end, and through their index. */
const readSoFar = async (url: string): Promise<{ scanned: number; claimed: number }> => ({
  scanned: Number(await onServer(url, `select seq_tup_read from pg_stat_user_tables where relname = 'step'`)),
  claimed: Number(
    await onServer(url, `select idx_tup_read from pg_stat_user_indexes where indexrelname = 'step_ready'`),
  ),
});
