import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimHome, createArtefacts, openStore, type OpenOptions } from '../index.ts';
import { sampleWrite, testPostgres } from '../testing/index.ts';

let home: string;
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'hive-verify-artefacts-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

const places = {
  SQLite: () => Promise.resolve({ options: { home }, drop: () => Promise.resolve() }),
  PostgreSQL: async () => {
    const { url, drop } = await testPostgres();
    return { options: { url, home } as OpenOptions, drop };
  },
};

describe.each(Object.entries(places))('artefacts on %s', (_name, makePlace) => {
  test('what tasks and merges rest on is there, with the content that its name says, or is named', async () => {
    const { options, drop } = await makePlace();
    const store = await openStore(options);
    try {
      await claimHome(options);
      const artefacts = createArtefacts(home);
      const [given, patch, log, other] = [
        await artefacts.put('given'),
        await artefacts.put('patch'),
        await artefacts.put('log'),
        await artefacts.put('other'),
      ];
      const workflowId = randomUUID();
      const stream = `task/${randomUUID()}`;
      const told = (type: string, data: object) => ({
        type: type as never,
        data: data as never,
        correlationId: workflowId,
      });
      const events = [
        told('task.created', { spec: { patch: given } }),
        told('task.submitted', { patch }),
        told('task.merged', { evidence: { patch, commands: [{ log }] } }),
      ];
      await store.write(sampleWrite(stream, 0, { events }));
      const named = async () =>
        (await store.verify({ home }))
          .find(({ number }) => number === 1)
          ?.offenders.filter((text) => text.startsWith('artefact')) ?? [];
      expect(await named()).toEqual([]);

      const fileOf = (hash: string) => join(home, 'artefacts', hash.slice(0, 2), hash);
      writeFileSync(fileOf(other), 'changed');
      expect(await named()).toEqual([`artefact ${other}: its file has other content than its name says`]);
      rmSync(fileOf(other));
      for (const text of ['given', 'patch', 'log']) {
        const hash = { given, patch, log }[text] ?? '';
        rmSync(fileOf(hash));
        expect(await named()).toEqual([`artefact ${hash} is missing; ${stream} needs it (trace ${workflowId})`]);
        await artefacts.put(text);
      }
    } finally {
      await store.close();
      await drop();
    }
  });
});

test('artefacts of a database that belongs to another home are not looked for', async () => {
  const { url, drop } = await testPostgres();
  const store = await openStore({ url, home });
  try {
    await claimHome({ url, home });
    const reports = await store.verify({ home: join(home, 'other') });
    expect(reports.find(({ number }) => number === 1)?.note).toContain('another HIVE_HOME');
  } finally {
    await store.close();
    await drop();
  }
});
