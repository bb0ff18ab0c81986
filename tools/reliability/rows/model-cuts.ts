import type { LoggedEvent, Store } from '@hive/core-db';
import { createDeskClient, type EventOf } from '@hive/events';
import { startGreetingModel } from '../chaos.ts';
import { startHttpProxy, type HttpFault } from '../http-proxy.ts';
import { openOwnBuilding } from '../own-building.ts';
import { seeded } from '../postgres/tries.ts';
import type { Mode, Outcome } from '../row.ts';

export const id = 'R4c';
export const title = 'calls of models and their answers lost, late and doubled on the way';

const seed = 15;
const faults: readonly HttpFault[] = ['lose-reply', 'half-reply', 'lose-request', 'late'];
const unheard: ReadonlySet<HttpFault | null> = new Set(['lose-reply', 'half-reply', 'lose-request']);
/** In one workflow. */
const mostLost = 2;
const settleMs = 60_000;

/** Goals in words, planned, written and reviewed by a model behind a bad line: each call that left is charged once, also when nobody heard its answer. */
export const run = async (mode: Mode): Promise<Outcome> => {
  const began = Date.now();
  const workflows = mode === 'quick' ? 3 : 100;
  const model = await startGreetingModel();
  const random = seeded(seed);
  let lost = 0;
  const proxy = await startHttpProxy({
    target: model.env['OLLAMA_HOST'] ?? '',
    isMeant: (method, path) => method === 'POST' && path === '/api/chat',
    // A step has three attempts, and makes several calls in each: with two lost answers every workflow can come to its end.
    faultOf: () => {
      const fault = random() < 0.4 ? null : (faults[Math.floor(random() * faults.length)] ?? null);
      if (!unheard.has(fault)) return fault;
      return lost++ < mostLost ? fault : null;
    },
  });
  const building = await openOwnBuilding(['apps/cli/bin/hive.mjs', 'up', '--port', '0'], { OLLAMA_HOST: proxy.url });
  try {
    const desk = createDeskClient({ url: building.url, token: building.token });
    const stuck: string[] = [];
    for (let n = 0; n < workflows; n++) {
      lost = 0;
      const repo = await building.repo();
      const { id: workflow } = await desk.submit({
        ...{ goal: 'Add a greeting', repo, model: model.ref, checks: ['git --version'] },
      });
      const status = await settled(async () => {
        const { status: now, settledAt } = await desk.workflow(workflow);
        return settledAt === null ? null : now;
      });
      if (status !== 'completed') stuck.push(`${workflow} is ${status ?? 'still open'}`);
    }
    const wrong = await countCalls(building.store, proxy.met);
    const broken = (await building.store.verify()).filter(({ status }) => status === 'broken');
    const struck = proxy.met.filter((it) => it !== null).length;
    const violations = [
      ...stuck,
      ...wrong,
      ...broken.map((it) => `invariant ${it.number}: ${it.offenders.join(', ')}`),
      ...(struck === 0 ? ['nothing was struck'] : []),
    ];
    return {
      runs: struck,
      interrupted: proxy.met.filter((it) => unheard.has(it)).length,
      violations: violations.length,
      seeds: String(seed),
      ms: Date.now() - began,
      store: 'sqlite',
      notes: [
        `${workflows} workflows, ${proxy.met.length} calls, ${proxy.met.filter((it) => unheard.has(it)).length} of them without an answer`,
        ...violations.slice(0, 5),
      ].join('; '),
    };
  } finally {
    await building.close();
    await proxy.close();
    await model.stop();
  }
};

const settled = async <T>(look: () => Promise<T | null>): Promise<T | null> => {
  for (const end = Date.now() + settleMs; Date.now() < end; await new Promise((wake) => setTimeout(wake, 100))) {
    const found = await look();
    if (found !== null) return found;
  }
  return null;
};

/** Every request that reached the line is one call with one outcome; one without an answer has failed and is charged by estimate. */
const countCalls = async ({ events }: Store, met: readonly (HttpFault | null)[]): Promise<string[]> => {
  const { events: all } = await events({ types: ['model.*'], limit: 10_000 });
  const called = all.filter((it): it is LoggedEvent & EventOf<'model.called'> => it.type === 'model.called');
  const intended = all.filter((it) => it.type === 'model.intended').length;
  const failed = called.filter((it) => it.data.outcome !== 'ok');
  const lost = met.filter((it) => unheard.has(it)).length;
  const uncharged = failed.filter((it) => (it.data.estimate?.tokens ?? 0) === 0 && it.data.input === null);
  return [
    ...(called.length === met.length ? [] : [`${met.length} requests were sent and ${called.length} calls recorded`]),
    ...(intended === called.length ? [] : [`${intended} calls were intended and ${called.length} ended`]),
    ...(new Set(called.map((it) => it.data.callId)).size === called.length ? [] : ['a call is charged twice']),
    ...(failed.length === lost ? [] : [`${lost} answers were lost and ${failed.length} calls failed`]),
    ...uncharged.map((it) => `${it.data.callId} ended with ${it.data.outcome} and is charged nothing`),
  ];
};
