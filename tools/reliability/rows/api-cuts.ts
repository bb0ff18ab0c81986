import { randomUUID } from 'node:crypto';
import { createDeskClient, type Desk, type SubmitRequest } from '@hive/events';
import { startHttpProxy, type HttpFault } from '../http-proxy.ts';
import { openOwnBuilding } from '../own-building.ts';
import { seeded } from '../postgres/tries.ts';
import type { Mode, Outcome } from '../row.ts';

export const id = 'R4b';
export const title = 'requests to the front desk and their answers lost, late and doubled on the way';

const seed = 14;
const clients = 3;
const faults: readonly HttpFault[] = ['lose-reply', 'lose-request', 'half-reply', 'twice', 'late'];
const patch = '--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-one\n+two\n';

/** Whoever submits asks again with the same key until it is answered: one key, one workflow, and always the same one. */
export const run = async (mode: Mode): Promise<Outcome> => {
  const began = Date.now();
  const submissions = mode === 'quick' ? 40 : 1_000;
  // Nobody else is there: what is accepted waits, and can be counted.
  const building = await openOwnBuilding(['apps/event-dashboard/src/main.ts', '--port', '0']);
  const random = seeded(seed);
  const proxy = await startHttpProxy({
    target: building.url,
    isMeant: (method, path) => method === 'POST' && path.startsWith('/api/v1/workflows'),
    faultOf: () => (random() < 0.3 ? null : (faults[Math.floor(random() * faults.length)] ?? null)),
  });
  try {
    const { token } = building;
    const through = createDeskClient({ url: proxy.url.replace('127.0.0.1', 'localhost'), token });
    const request: SubmitRequest = { goal: 'Say two', repo: await building.repo(), patch, checks: ['true'] };
    const acknowledged: string[] = [];
    let left = submissions;
    const submit = async (): Promise<void> => {
      while (left-- > 0) acknowledged.push(await persistently(through, request, randomUUID()));
    };
    await Promise.all(Array.from({ length: clients }, submit));
    const there = await submittedIn(building.store);
    const lost = acknowledged.filter((it) => !there.has(it)).length;
    const doubled = there.size - new Set(acknowledged).size + (submissions - new Set(acknowledged).size);
    const broken = (await building.store.verify()).filter(({ status }) => status === 'broken');
    const struck = proxy.met.filter((it) => it !== null).length;

    // The control: who asks again without a key gets another workflow.
    for (let n = 0; n < 10; n++) await persistently(through, request, undefined);
    const control = (await submittedIn(building.store)).size - there.size - 10;
    return {
      runs: struck,
      interrupted: struck,
      violations: lost + doubled + broken.length + (control > 0 ? 0 : 1),
      seeds: String(seed),
      ms: Date.now() - began,
      store: 'sqlite',
      notes: `${submissions} submissions in ${proxy.met.length} requests, ${lost} lost, ${doubled} doubled; ten without a key made ${control} too many${broken.map((it) => `; invariant ${it.number}: ${it.offenders.join(', ')}`).join('')}`,
    };
  } finally {
    await proxy.close();
    await building.close();
  }
};

const persistently = async (desk: Desk, request: SubmitRequest, key: string | undefined): Promise<string> => {
  for (let tries = 1; ; tries++) {
    try {
      return (await desk.submit(request, key === undefined ? {} : { key })).id;
    } catch (error) {
      if (tries > 50) throw error;
    }
  }
};

const submittedIn = async ({ events }: Awaited<ReturnType<typeof openOwnBuilding>>['store']): Promise<Set<string>> => {
  const found = new Set<string>();
  for (let after = { xid: '0', position: 0 }; ;) {
    const page = await events({ after, types: ['workflow.submitted'], limit: 500 });
    for (const event of page.events) found.add(event.correlationId);
    if (page.events.length < 500) return found;
    after = page.looked;
  }
};
