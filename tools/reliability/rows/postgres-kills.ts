import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onServer, sampleWrite, startOwnPostgres } from '@hive/core-db/testing';
import { openHouse } from '../postgres/house.ts';
import { codeOf, holdsWithin, pause, seeded, type Outcome } from '../postgres/tries.ts';

export const id = 'R7';
export const title = 'PostgreSQL killed under load';

const seed = 7;
const writers = 8;
const backWithinMs = 10_000;

/** Kills all processes of a server with default durability while clients write; what they were told is in a ledger that they have on disk themselves. */
export const run = async (mode: 'quick' | 'full'): Promise<Outcome> => {
  const began = performance.now();
  const kills = mode === 'quick' ? 3 : 50;
  const random = seeded(seed);
  const server = await startOwnPostgres();
  const house = await openHouse(server.url);
  const folder = mkdtempSync(join(tmpdir(), 'hive-ledger-'));
  const ledger = join(folder, 'acknowledged');
  const file = openSync(ledger, 'a');
  let acknowledged = 0;
  let inFlight = 0;
  let interrupted = 0;
  let isOver = false;

  const write = async (writer: number): Promise<void> => {
    for (let version = 0; !isOver; version++) {
      const name = `agent/${writer} ${version}`;
      const one = sampleWrite(`agent/${writer}`, version, { events: [{ data: { alert: name } }] });
      inFlight += 1;
      while (!(await isWritten(one)));
      inFlight -= 1;
      writeSync(file, `${name}\n`);
      fsyncSync(file);
      acknowledged += 1;
    }
  };
  const isWritten = async (one: ReturnType<typeof sampleWrite>): Promise<boolean> => {
    try {
      const { status } = await house.store.write(one);
      if (status === 'written' || status === 'repeated') return true;
      throw new Error(`a write was answered with ${status}`);
    } catch (error) {
      if (codeOf(error) !== 'store.unavailable') throw error;
      await pause(random() * 100);
      return false;
    }
  };

  try {
    const writing = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
    writing.catch(() => undefined);
    let slow = 0;
    let slowestMs = 0;
    for (let kill = 0; kill < kills; kill++) {
      await pause(100 + random() * 300);
      interrupted += inFlight;
      await server.crash();
      await server.restart();
      const before = acknowledged;
      const back = performance.now();
      if (!(await holdsWithin(backWithinMs, () => Promise.resolve(acknowledged > before)))) slow += 1;
      slowestMs = Math.max(slowestMs, performance.now() - back);
    }
    isOver = true;
    await writing;
    const promised = readFileSync(ledger, 'utf8').trim().split('\n');
    const stored = new Set(
      (
        await onServer(
          house.url,
          `select string_agg(data ->> 'alert', ',') from event where type = 'system.alert_resolved'`,
        )
      ).split(','),
    );
    const lost = promised.filter((name) => !stored.has(name)).length;
    const doubled = Number(
      await onServer(
        house.url,
        `select count(*) - count(distinct data ->> 'alert') from event where type = 'system.alert_resolved'`,
      ),
    );
    const broken = await house.broken();
    return {
      runs: kills,
      interrupted,
      violations: lost + doubled + slow + broken.length,
      seeds: String(seed),
      ms: Math.round(performance.now() - began),
      store: 'postgres',
      notes: `${promised.length} acknowledged, ${lost} lost, ${doubled} doubled; writing again ${Math.round(slowestMs)} ms after the server was back, at worst${broken.length > 0 ? `; broken: ${broken.join(', ')}` : ''}`,
    };
  } finally {
    isOver = true;
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
    await house.close();
    await server.stop();
  }
};
