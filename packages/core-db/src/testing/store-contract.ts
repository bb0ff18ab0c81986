import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { anyoneBut, onHost } from '../demands.ts';
import type { OpenOptions } from '../open-store.ts';
import { origin, type Cursor, type LoggedEvent, type StepRow, type Store } from '../port.ts';
import { anyRing, logRing, maskOf } from '../ring-mask.ts';
import { startChild, type Child } from './child.ts';
import { manyHands } from './many-hands.ts';
import { sampleAgent, sampleEvent, sampleStart, sampleStep, sampleWrite } from './samples.ts';

const nobody = { holder: null, holderAgent: null, leaseUntil: null } as const;

/** An empty store that may be opened several times. */
export type StorePlace = {
  readonly open: () => Promise<Store>;
  /** How other processes open it; null: only this one can. */
  readonly options: OpenOptions | null;
  readonly remove: () => Promise<void>;
};

/**
 * What every store promises. Each file that calls it gets one place and shares it between its tests. `alone`: other processes cannot open
 * it, and what is promised to them is left out.
 */
export const storeContract = (
  name: string,
  makePlace: () => Promise<StorePlace>,
  { alone = false }: { readonly alone?: boolean } = {},
): void => {
  describe(`a store on ${name}`, () => {
    let place: StorePlace;
    let store: Store;
    const children: Child[] = [];
    const opened: Store[] = [];
    const open = async (): Promise<Store> => {
      const made = await place.open();
      opened.push(made);
      return made;
    };
    const child = (...given: Parameters<typeof startChild> extends [OpenOptions, ...infer R] ? R : never): Child => {
      if (!place.options) throw new Error(`other processes cannot open ${name}`);
      const made = startChild(place.options, ...given);
      children.push(made);
      return made;
    };

    beforeAll(async () => {
      place = await makePlace();
      store = await place.open();
    });
    afterEach(async () => {
      await Promise.all(children.splice(0).map((it) => it.kill()));
      await Promise.all(opened.splice(0).map((it) => it.close()));
    });
    afterAll(async () => {
      await store.close();
      await place.remove();
    });

    /** A test that needs other processes. */
    const across = (title: string, run: () => Promise<void>): void => {
      if (!alone) test(title, run);
    };

    const newStream = () => `box/${randomUUID()}`;

    /** Reads everything after a cursor, page by page. */
    const readAll = async (from: Cursor, on = store): Promise<LoggedEvent[]> => {
      const all: LoggedEvent[] = [];
      for (let after = from; ;) {
        const { events, looked } = await on.events({ after, limit: 100 });
        all.push(...events);
        if (events.length === 0) return all;
        after = looked;
      }
    };

    describe('numbers', () => {
      const refused = { code: 'input.invalid', message: expect.stringMatching(/whole number/) as string };
      const odd = [1.5, Number.NaN, Infinity, 1e300];
      const cursorAt = (position: number) => ({ xid: '0', position });

      test('a limit or a place that is no whole number is refused', async () => {
        for (const limit of [-1, ...odd]) {
          await expect(store.events({ limit })).rejects.toMatchObject(refused);
          await expect(store.listHeads({ kind: 'box', limit })).rejects.toMatchObject(refused);
          await expect(store.storedEvents({ correlationId: 'none', after: origin, limit })).rejects.toMatchObject(
            refused,
          );
          await expect(store.traces({ limit })).rejects.toMatchObject(refused);
          await expect(store.deadLetters(limit)).rejects.toMatchObject(refused);
          await expect(store.steps({ limit })).rejects.toMatchObject(refused);
        }
        for (const position of [-1, ...odd]) {
          const place = cursorAt(position);
          await expect(store.cursorAt(position)).rejects.toMatchObject(refused);
          await expect(store.events({ after: place, limit: 1 })).rejects.toMatchObject(refused);
          await expect(store.events({ upTo: place, limit: 1 })).rejects.toMatchObject(refused);
          await expect(store.storedEvents({ correlationId: 'none', after: place, limit: 1 })).rejects.toMatchObject(
            refused,
          );
          const cursor = { name: 'odd', from: origin, to: place };
          await expect(store.write({ events: [], heads: [], cursor })).rejects.toMatchObject(refused);
        }
      });

      test('a step with a number that is no whole one is refused, and nothing of its write happens', async () => {
        const fields = ['priority', 'rank', 'token', 'attempt', 'failures', 'rescues', 'maxAttempts', 'maxRescues'];
        const odds = fields.flatMap((field) => odd.map((value): Partial<StepRow> => ({ [field]: value })));
        const limits = [-1, ...odd].map((max) => ({ limits: [{ key: 'odd', max }] }));
        for (const given of [...odds, ...limits, { maxAttempts: -1 }]) {
          const stream = newStream();
          const step = sampleStep({ stream, ...given });
          const write = sampleWrite(stream, 0, { insertSteps: [step] });
          await expect(store.write(write)).rejects.toMatchObject(refused);
          await expect(
            store.write({ events: [], heads: [], starts: [sampleStart(stream, given)] }),
          ).rejects.toMatchObject(refused);
          expect((await store.heads([stream])).heads.size).toBe(0);
        }
        const change = { id: 'none', expect: { state: 'ready', token: 0 }, set: { rank: 0.5 } } as const;
        await expect(store.write({ events: [], heads: [], changeSteps: [change] })).rejects.toMatchObject(refused);
      });

      test('a lease is whole and bounded, and a claim that asks for what is no number is refused', async () => {
        const asking = {
          kinds: ['work' as const],
          agent: 'me',
          incarnation: randomUUID(),
          actor: 'test',
          newId: randomUUID,
        };
        const claim = (leaseMs: number, limit = 1, capabilities: readonly string[] = []) =>
          store.claim({ ...asking, leaseMs, limit, capabilities });
        for (const limit of [-1, ...odd]) await expect(claim(1_000, limit)).rejects.toMatchObject(refused);
        await expect(claim(Number.NaN)).rejects.toMatchObject({ code: 'input.invalid' });
        await expect(store.renew([], 'me', Number.NaN)).rejects.toMatchObject({ code: 'input.invalid' });
        for (const leaseMs of [0.5, Infinity, 1e18, 253_402_300_800_000]) {
          const capability = randomUUID();
          const stream = newStream();
          const step = sampleStep({ stream, capabilities: [capability] });
          await store.write(sampleWrite(stream, 0, { insertSteps: [step] }));
          const [won] = await claim(leaseMs, 1, [capability]);
          expect(won?.step.leaseUntil).toMatch(/^\d{4}-.*Z$/);
          const { id, token } = won?.step ?? { id: '', token: 0 };
          expect(await store.renew([{ id, token }], asking.incarnation, leaseMs)).toEqual([id]);
          const [held] = await store.steps({ ids: [id], limit: 1 });
          const heldMs = Date.parse(held?.leaseUntil ?? '') - Date.parse(await store.now());
          expect(heldMs).toBeGreaterThan(leaseMs < 1 ? -60_000 : 365 * 86_400_000);
          expect(heldMs).toBeLessThan(367 * 86_400_000);
        }
      });
    });

    describe('write', () => {
      test('what was appended is what is read', async () => {
        const stream = newStream();
        const nested = { b: null, a: 1.5, ['__proto__']: { a: 1 } };
        const data = { z: 1, a: ['ü', '\u{1F41D}', ''], big: Number.MAX_SAFE_INTEGER, nested };
        const write = sampleWrite(stream, 0, { events: [{ data: data as never, commandId: randomUUID() }, {}] });
        const from = await store.end();
        const result = await store.write(write);
        expect(result.status).toBe('written');
        const read = await readAll(from);
        expect(read.map(({ cursor: _, position: __, ...event }) => event)).toEqual(write.events);
        expect(JSON.stringify(read[0]?.data)).toBe(JSON.stringify(data));
        const { heads, now } = await store.heads([stream, 'box/none']);
        expect([...heads.values()]).toEqual([write.heads[0]?.head]);
        expect(Math.abs(Date.parse(now) - Date.now())).toBeLessThan(5_000);
        expect(now).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      });

      test('a stale version is refused and nothing of the write happens', async () => {
        const [a, b] = [newStream(), newStream()];
        await store.write(sampleWrite(a, 0));
        const before = await store.end();
        const stale = sampleWrite(a, 0);
        const fresh = sampleWrite(b, 0, { insertSteps: [sampleStep({ id: b })] });
        const result = await store.write({
          events: [...fresh.events, ...stale.events],
          heads: [...fresh.heads, ...stale.heads],
          insertSteps: fresh.insertSteps ?? [],
        });
        expect(result).toEqual({ status: 'version', which: a });
        expect(await store.end()).toEqual(before);
        expect((await store.heads([b])).heads.size).toBe(0);
        expect(await store.steps({ ids: [b], limit: 1 })).toEqual([]);
        expect((await store.write(sampleWrite(a, 7))).status).toBe('version');
      });

      test('a repeated write is recognised, and the same id with other content is an error', async () => {
        const stream = newStream();
        const write = sampleWrite(stream, 0, { insertSteps: [sampleStep()] });
        const first = await store.write(write);
        expect(await store.write(write)).toEqual({ ...first, status: 'repeated' });
        await store.write(sampleWrite(stream, 1));
        expect(await store.write(write)).toEqual({ ...first, status: 'repeated' });
        const id = write.events[0]?.id ?? '';
        const other = sampleWrite(stream, 2, { events: [{ id, data: { alert: 'other' } }] });
        await expect(store.write(other)).rejects.toMatchObject({ code: 'event.id_reused' });
        await expect(store.write(sampleWrite(newStream(), 0, { events: [{ id }] }))).rejects.toMatchObject({
          code: 'event.id_reused',
        });
      });

      test('one refused write leaves its neighbours alone', async () => {
        const [taken, broken] = [newStream(), newStream()];
        const first = sampleWrite(taken, 0);
        await store.write(first);
        const streams = Array.from({ length: 20 }, newStream);
        const [inPart, ...results] = await Promise.all([
          // Refused when half of it is done: its second event is there already.
          store.write(sampleWrite(broken, 0, { events: [{}, { id: first.events[0]?.id ?? '' }] })).catch(String),
          ...streams.flatMap((it) => [store.write(sampleWrite(it, 0)), store.write(sampleWrite(taken, 0))]),
        ]);
        expect(inPart).toMatch(/make a new id/);
        const statuses = results.map((it) => (typeof it === 'string' ? it : it.status));
        expect(statuses).toEqual(streams.flatMap(() => ['written', 'version']));
        expect((await store.heads([...streams, broken])).heads.size).toBe(20);
        const traces = new Map((await store.traces({ limit: 1_000 })).map((it) => [it.correlationId, it.events]));
        expect([broken, taken, ...streams].map((it) => traces.get(it) ?? 0)).toEqual([0, ...Array<number>(21).fill(1)]);
      });

      test('writes of the same streams in any order never wait for each other for ever', async () => {
        const [a, b] = [newStream(), newStream()];
        const other = await open();
        await store.write(sampleWrite(a, 0));
        await store.write(sampleWrite(b, 0));
        const both = (first: string, second: string) => {
          const parts = [sampleWrite(first, 1), sampleWrite(second, 1)];
          return { events: parts.flatMap((it) => it.events), heads: parts.flatMap((it) => it.heads) };
        };
        const results = await Promise.all([
          store.write(both(a, b)),
          other.write(both(b, a)),
          store.write(both(b, a)),
          other.write(both(a, b)),
        ]);
        expect(results.map((it) => it.status).sort()).toEqual(['version', 'version', 'version', 'written']);
      });

      test('events refuse to be changed when their head is missing from the write', async () => {
        await expect(store.write({ events: [sampleEvent(newStream(), 1)], heads: [] })).rejects.toThrow(
          /does not follow a head/,
        );
      });

      test('names that cannot be kept everywhere are refused, and what is beside them is written', async () => {
        const invalid = { code: 'event.invalid' };
        const nothing = { events: [], heads: [] };
        for (const bad of ['gpu-\ud83d', '\ude00', 'a\u0000b', '\u0001']) {
          const events = [
            { id: bad },
            { actor: bad },
            { commandId: bad },
            { correlationId: bad },
            { causationId: bad },
          ];
          const steps = [
            ...[{ id: bad }, { stream: bad }, { taskId: bad }, { workflowId: bad }, { becomes: bad }, { due: [bad] }],
            ...[{ capabilities: [bad] }, { limits: [{ key: bad, max: 1 }] }, { onlyAgent: bad }, { avoidAgent: bad }],
          ];
          const letter = { subscription: bad, eventId: 'x' };
          const writes = [
            ...[sampleWrite(`box/${bad}`, 0), sampleWrite(newStream(), 0, { head: { state: bad } })],
            ...events.map((it) => sampleWrite(newStream(), 0, { events: [it] })),
            ...steps.map((it) => ({ ...nothing, insertSteps: [sampleStep(it)] })),
            { ...nothing, starts: [sampleStart(newStream(), { capabilities: [bad] })] },
            { ...nothing, changeSteps: [{ id: 'x', expect: { state: 'ready', token: 0 }, set: { avoidAgent: bad } }] },
            { ...nothing, endSteps: [{ workflowId: 'x', stream: bad }] },
            { ...nothing, cursor: { name: bad, from: origin, to: origin } },
            { ...nothing, deadLetter: { ...letter, error: 'x', attempts: 1 } },
            { ...nothing, takeDeadLetters: [letter] },
          ] as const;
          const beside = store.write(sampleWrite(newStream(), 0));
          for (const it of writes) await expect(store.write(it), JSON.stringify(it)).rejects.toMatchObject(invalid);
          expect((await beside).status).toBe('written');
          const agent = sampleAgent('odd');
          for (const it of [{ agent: bad }, { role: bad }, { capabilities: [bad] }])
            await expect(store.beat({ ...agent, ...it })).rejects.toMatchObject(invalid);
          const query = { kinds: ['plan'], incarnation: 'i', limit: 1, leaseMs: 1, newId: randomUUID } as const;
          for (const it of [{ agent: bad }, { actor: bad }, { capabilities: [bad] }])
            await expect(
              store.claim({ ...query, agent: 'a', actor: 'a', capabilities: [], ...it }),
            ).rejects.toMatchObject(invalid);
          await expect(store.subscription(bad, 'end')).rejects.toMatchObject(invalid);
        }
      });

      test('the words of an error may be anything', async () => {
        const [subscription, eventId] = [randomUUID(), randomUUID()];
        const deadLetter = { subscription, eventId, error: 'ü\u0000\u0001\ud83d', attempts: 1 };
        await store.write({ events: [], heads: [], deadLetter });
        const letter = (await store.deadLetters(9)).find((it) => it.eventId === eventId);
        expect(letter?.error).toBe('ü\ufffd\u0001\ufffd');
      });

      test('versions that are none are refused', async () => {
        for (const version of [-1, -5, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
          const stream = newStream();
          await expect(store.write(sampleWrite(stream, version))).rejects.toThrow(/cannot be the version/);
          expect((await store.events({ stream, limit: 1 })).events).toEqual([]);
        }
      });

      test('an id that a write has twice is refused', async () => {
        const [id, stream] = [randomUUID(), newStream()];
        const twice = sampleWrite(stream, 0, { events: [{ id }, { id }] });
        await expect(store.write(twice)).rejects.toMatchObject({ code: 'event.id_reused' });
        const start = sampleStart(stream);
        const starts = [{ ...start, event: { ...start.event, id } }];
        const both = { ...sampleWrite(newStream(), 0, { events: [{ id }] }), starts };
        await expect(store.write(both)).rejects.toMatchObject({ code: 'event.id_reused' });
      });

      test('a change of a step may change nothing, and a write changes a step once', async () => {
        const step = sampleStep({ state: 'parked' });
        await store.write({ events: [], heads: [], insertSteps: [step] });
        const change = { id: step.id, expect: { state: 'parked', token: 0 }, set: {} } as const;
        const changed = (...changeSteps: (typeof change)[]) => store.write({ events: [], heads: [], changeSteps });
        expect(await changed(change)).toEqual({ status: 'written' });
        const late = { ...change, expect: { state: 'ready', token: 0 } } as const;
        expect(await store.write({ events: [], heads: [], changeSteps: [late] })).toEqual({
          status: 'step',
          which: step.id,
        });
        expect(await store.steps({ ids: [step.id], limit: 1 })).toEqual([step]);
        await expect(changed(change, change)).rejects.toThrow(/changed twice/);
      });

      test('hundreds of streams and steps fit into one write', async () => {
        const parts = Array.from({ length: 450 }, () =>
          sampleWrite(newStream(), 0, { insertSteps: [sampleStep({ state: 'done' })] }),
        );
        const result = await store.write({
          events: parts.flatMap((it) => it.events),
          heads: parts.flatMap((it) => it.heads),
          insertSteps: parts.flatMap((it) => it.insertSteps ?? []),
        });
        expect(result.status).toBe('written');
        const streams = parts.flatMap((it) => it.heads.map(({ head }) => head.stream));
        expect((await store.heads(streams)).heads.size).toBe(450);
      });
    });

    describe('a start', () => {
      /** A stream in a state, with nothing in the queue yet. */
      const resting = async (state = 'idle'): Promise<string> => {
        const stream = newStream();
        await store.write(sampleWrite(stream, 0, { head: { state } }));
        return stream;
      };
      const started = (...starts: readonly ReturnType<typeof sampleStart>[]) =>
        store.write({ events: [], heads: [], starts });

      test('moves on a stream that nobody has read, and its step can be claimed', async () => {
        const streams = (await Promise.all([resting(), resting(), resting()])).toSorted();
        const starts = streams.map((it, i) => sampleStart(it, { kind: 'plan', due: ['idle', 'odd'], rank: i }));
        await store.write(sampleWrite(streams[0] ?? '', 1, { head: { state: 'odd' } }));
        const from = await store.end();
        expect(await started(...starts)).toEqual({ status: 'written' });
        const told = await readAll(from);
        expect(told.map((it) => [it.stream, it.version, it.id]).toSorted()).toEqual(
          starts.map(({ event }, i) => [event.stream, i === 0 ? 3 : 2, event.id]).toSorted(),
        );
        const { heads } = await store.heads(streams);
        expect(streams.map((it) => heads.get(it)?.version)).toEqual([3, 2, 2]);
        expect(streams.map((it) => heads.get(it)?.state)).toEqual(['odd', 'idle', 'idle']);
        expect(streams.map((it) => heads.get(it)?.lastEventId)).toEqual(starts.map(({ event }) => event.id));
        expect(heads.get(streams[0] ?? '')?.view).toMatchObject({ last: 'task.assigned' });
        const steps = await store.steps({ ids: starts.map(({ step }) => step.id), limit: 9 });
        const at = Date.parse(told[0]?.at ?? '');
        for (const { step } of starts) {
          const row = steps.find((it) => it.id === step.id);
          expect(row).toEqual({ ...step, rank: row?.rank });
          expect(Math.abs((row?.rank ?? 0) - step.rank - at)).toBeLessThan(2);
        }
        const query = { kinds: ['plan'], agent: 'me', incarnation: randomUUID(), capabilities: ['started'] } as const;
        const more = { limit: 9, leaseMs: 15_000, actor: 'worker/me', newId: randomUUID };
        const won = await store.claim({ ...query, ...more });
        expect(won.map(({ step, head }) => [step.id, head.version])).toEqual(
          starts.map(({ step }, i) => [step.id, i === 0 ? 4 : 3]),
        );
        const after = (await store.heads(streams)).heads;
        expect(won.map(({ head }) => head.view)).toEqual(streams.map((it) => after.get(it)?.view));
        const own = (id: string) => (event: LoggedEvent) => event.correlationId === id;
        const trace = (await store.traces({ limit: 1_000 })).find((it) => it.correlationId === 'started');
        expect(trace?.events).toBe((await readAll(origin)).filter(own('started')).length);
      });

      test('is refused where more has to be known, with all of its write', async () => {
        const [fresh, other, claimed] = [await resting(), await resting('else'), await resting()];
        await store.write({ events: [], heads: [], insertSteps: [sampleStep({ kind: 'merge', stream: claimed })] });
        const query = { kinds: ['merge'], agent: 'me', incarnation: randomUUID(), capabilities: [] } as const;
        await store.claim({ ...query, limit: 1, leaseMs: 15_000, actor: 'worker/me', newId: randomUUID });
        const from = await store.end();
        const ask = (stream: string, more?: object) =>
          started(sampleStart(fresh, { due: ['idle'] }), { ...sampleStart(stream, { due: ['idle'] }), ...more });
        const missing = newStream();
        expect(await ask(missing)).toEqual({ status: 'version', which: missing });
        expect(await ask(other)).toEqual({ status: 'version', which: other });
        expect(await ask(claimed)).toEqual({ status: 'version', which: claimed });
        const held = await resting();
        expect(await ask(held, { unless: { stream: other, state: 'else' } })).toEqual({
          status: 'version',
          which: held,
        });
        const taken = sampleStart(held);
        await started(sampleStart(await resting(), { id: taken.step.id }));
        expect(await started(taken)).toEqual({ status: 'step', which: taken.step.id });
        const twice = sampleStart(held);
        const same = { id: twice.step.id };
        expect(await started(twice, sampleStart(fresh, same))).toEqual({ status: 'step', which: twice.step.id });
        const insertSteps = [sampleStep({ stream: held, ...same }), sampleStep({ stream: fresh, ...same })];
        expect(await store.write({ events: [], heads: [], insertSteps })).toEqual({ status: 'step', which: same.id });
        expect((await readAll(from)).map((it) => it.stream)).not.toContain(fresh);
        expect((await store.heads([fresh])).heads.get(fresh)?.version).toBe(1);
        await expect(started({ ...sampleStart(fresh), event: sampleStart(other).event })).rejects.toThrow(/unread/);
      });

      test('is recognised when it is repeated, and one that is refused leaves its neighbours alone', async () => {
        const [first, second, third] = [await resting(), await resting(), await resting('else')];
        const start = sampleStart(first);
        expect(await started(start)).toEqual({ status: 'written' });
        const all = await Promise.all([
          started(start),
          started(sampleStart(second, { due: ['idle'] })),
          started(sampleStart(third, { due: ['idle'] })),
        ]);
        expect(all.map((it) => it.status)).toEqual(['repeated', 'written', 'version']);
        expect((await store.heads([first, second, third])).heads.get(first)?.version).toBe(2);
        await expect(started({ ...start, event: { ...start.event, actor: 'else' } })).rejects.toMatchObject({
          code: 'event.id_reused',
        });
      });
    });

    describe('the log', () => {
      test('readers see every event once and in order while eight writers write', async () => {
        const stores = await Promise.all(Array.from({ length: 4 }, open));
        const writers = [...stores, ...stores];
        const from = await store.end();
        const perWriter = 60;
        let writing = true;
        const seen: LoggedEvent[] = [];
        const reader = (async () => {
          let after = from;
          while (true) {
            const last = !writing;
            const { events, looked } = await store.events({ after, limit: 7 });
            seen.push(...events);
            after = looked;
            if (last && events.length === 0) return;
            if (events.length === 0) await new Promise((turn) => setTimeout(turn, 1));
          }
        })();
        const streams = writers.map(newStream);
        await Promise.all(
          writers.map(async (on, i) => {
            for (let version = 0; version < perWriter; version++) {
              const result = await on.write(sampleWrite(streams[i] ?? '', version));
              if (result.status !== 'written') throw new Error(result.status);
            }
          }),
        );
        writing = false;
        await reader;
        expect(seen.length).toBe(8 * perWriter);
        for (const stream of streams)
          expect(seen.filter((it) => it.stream === stream).map((it) => it.version)).toEqual(
            Array.from({ length: perWriter }, (_, i) => i + 1),
          );
        expect((await readAll(from)).map((it) => it.id)).toEqual(seen.map((it) => it.id));
        expect(new Set(seen.map((it) => it.id)).size).toBe(8 * perWriter);
      });

      across('processes that write at once do not lose anything', async () => {
        const from = await store.end();
        const names: string[] = [randomUUID(), randomUUID(), randomUUID()];
        await Promise.all(names.map((it) => child('write', it).says('wrote')));
        const versions = (await readAll(from)).filter((it) => names.includes(it.stream.slice(4)));
        expect(versions.length).toBe(150);
      });

      test('a page may end at a place, and says that it looked no further', async () => {
        const from = await store.end();
        const stream = newStream();
        for (let version = 0; version < 4; version++) await store.write(sampleWrite(stream, version));
        const [first, second, third] = await readAll(from);
        if (!first || !second || !third) throw new Error('three were written');
        const page = await store.events({ after: first.cursor, upTo: third.cursor, limit: 50 });
        expect(page.events.map((it) => it.id)).toEqual([second.id, third.id]);
        expect(page.looked).toEqual(third.cursor);
      });

      test('patterns choose topics, and a filter that finds nothing still moves on', async () => {
        const from = await store.end();
        const stream = newStream();
        const types = ['task.ready', 'task.claimed', 'tasks.other', 'task', 'workflow.started', 'TASK.ready'];
        await store.write(sampleWrite(stream, 0, { events: types.map((type) => ({ type: type as never })) }));
        const find = async (...patterns: string[]) =>
          (await store.events({ after: from, types: patterns, limit: 50 })).events.map((it) => it.type as string);
        expect(await find('task.*')).toEqual(['task.ready', 'task.claimed']);
        expect(await find('workflow.started', 'task.ready')).toEqual(['task.ready', 'workflow.started']);
        expect(await find('*')).toEqual(types);
        expect(await find()).toEqual([]);
        const none = await store.events({ after: from, types: ['merge.*'], limit: 50 });
        expect(none).toEqual({ events: [], looked: await store.end() });
        const page = await store.events({ after: from, types: ['task.*'], limit: 1 });
        expect(page.looked).toEqual(page.events[0]?.cursor);
      });

      test('events are found by stream, trace, id and position', async () => {
        const stream = newStream();
        const write = sampleWrite(stream, 0, { events: [{}, {}, {}] });
        await store.write(write);
        const all = await store.events({ stream, limit: 10 });
        expect(all.events.map((it) => it.version)).toEqual([1, 2, 3]);
        expect(
          (await store.events({ correlationId: stream, limit: 2, newest: true })).events.map((it) => it.version),
        ).toEqual([3, 2]);
        const second = all.events[1];
        const older = { correlationId: stream, limit: 2, newest: true, ...(second && { after: second.cursor }) };
        expect((await store.events(older)).events.map((it) => it.version)).toEqual([1]);
        expect(await store.event(second?.id ?? '')).toEqual(second);
        expect(await store.event(randomUUID())).toBeNull();
        expect(await store.cursorAt(second?.position ?? 0)).toEqual(second?.cursor);
        expect(await store.cursorAt(0)).toEqual(origin);
        expect(await store.cursorAt(1e9)).toBeNull();
        const third = all.events[2];
        const asked = [
          third?.id ?? '',
          randomUUID(),
          ...Array.from({ length: 600 }, () => randomUUID()),
          second?.id ?? '',
        ];
        expect(await store.positions(stream, asked)).toEqual(
          new Map([second, third].map((it) => [it?.id, it?.position])),
        );
        expect(await store.positions(randomUUID(), asked)).toEqual(new Map());
        const stored = await store.storedEvents({ correlationId: stream, after: origin, limit: 2 });
        expect(stored.map(({ data, ...rest }) => ({ ...rest, data: JSON.parse(data) as unknown }))).toEqual(
          all.events.slice(0, 2).map(({ cursor, id, type, stream, causationId, actor, at, data }) => ({
            ...{ ...cursor, id, type, stream, causationId, actor, at, data },
          })),
        );
        const last = { correlationId: stream, after: second?.cursor ?? origin, limit: 9 };
        expect((await store.storedEvents(last)).map(({ id }) => id)).toEqual([third?.id]);
        expect(await store.storedEvents({ ...last, correlationId: randomUUID() })).toEqual([]);
        expect(await store.traces({ limit: 1_000 })).toContainEqual({
          correlationId: stream,
          firstAt: write.events[0]?.at,
          lastAt: write.events[0]?.at,
          events: 3,
          errors: 0,
        });
      });

      test('a trace counts its errors and keeps its first and last moment, whatever comes first', async () => {
        const trace = randomUUID();
        const at = (minute: number) => `2026-11-21T12:0${minute}:00.000Z`;
        const add = (minute: number, type: string) =>
          store.write(
            sampleWrite(newStream(), 0, { events: [{ correlationId: trace, at: at(minute), type: type as never }] }),
          );
        await Promise.all([add(5, 'task.refused'), add(1, 'task.ready'), add(9, 'workflow.failed')]);
        expect((await store.traces({ limit: 1_000 })).find((it) => it.correlationId === trace)).toEqual({
          correlationId: trace,
          firstAt: at(1),
          lastAt: at(9),
          events: 3,
          errors: 2,
        });
      });

      test('the moments of a trace are right where some events bring their time and others get that of the store', async () => {
        const [past, future] = ['2020-01-01T00:00:00.000Z', '2099-01-01T00:00:00.000Z'] as const;
        for (const times of [`,${past},${future}`, `${past},`, `,${future}`]) {
          const trace = randomUUID();
          const add = (at: string) =>
            store.write(sampleWrite(newStream(), 0, { events: [{ correlationId: trace, at }] }));
          await Promise.all(times.split(',').map(add));
          const { events } = await store.events({ correlationId: trace, limit: 9 });
          const told = events.map(({ at }) => at).toSorted();
          const [row] = await store.traces({ ids: [trace], limit: 1 });
          expect([row?.firstAt, row?.lastAt]).toEqual([told[0], told.at(-1)]);
        }
      });

      test('a claim that is older than what its trace has begun with begins it', async () => {
        const trace = randomUUID();
        const stream = newStream();
        const step = sampleStep({ stream, workflowId: trace, onlyAgent: trace, rank: -1 });
        const later = { correlationId: trace, at: '2099-01-01T00:00:00.000Z' };
        await store.write(sampleWrite(stream, 0, { events: [later], insertSteps: [step] }));
        const query = {
          kinds: ['work'],
          agent: trace,
          incarnation: trace,
          capabilities: [],
          actor: 'worker/x',
        } as const;
        const [won] = await store.claim({ ...query, limit: 1, leaseMs: 15_000, newId: randomUUID });
        const claimed = await store.event(won?.step.lastEventId ?? '');
        const [row] = await store.traces({ ids: [trace], limit: 1 });
        expect([row?.firstAt, row?.lastAt]).toEqual([claimed?.at, later.at]);
      });

      test('a cursor moves by compare-and-set, together with what was written', async () => {
        const name = randomUUID();
        const start = await store.subscription(name, 'end');
        expect(start).toEqual(await store.end());
        expect(await store.subscription(name, 'origin')).toEqual(start);
        const stream = newStream();
        await store.write(sampleWrite(stream, 0));
        const to = await store.end();
        const move = { name, from: start, to };
        const streams = [newStream(), newStream()];
        const results = await Promise.all(streams.map((it) => store.write(sampleWrite(it, 0, { cursor: move }))));
        expect(results.map((it) => it.status).sort()).toEqual(['cursor', 'written']);
        expect((await store.heads(streams)).heads.size, 'streams that were written').toBe(1);
        expect((await store.subscriptions()).find((it) => it.name === name)?.cursor).toEqual(to);
        const dead = { subscription: name, eventId: randomUUID(), error: 'no', attempts: 3 };
        await store.write({ events: [], heads: [], cursor: { name, from: to, to: start }, deadLetter: dead });
        expect(await store.deadLetters(1)).toEqual([{ ...dead, at: expect.any(String) as string }]);
      });

      test('a dead letter is taken once, and whatever was to be written with it is written with it', async () => {
        const [subscription, eventId] = [randomUUID(), randomUUID()];
        const deadLetter = { subscription, eventId, error: 'no', attempts: 3 };
        await store.write({ events: [], heads: [], deadLetter });
        const take = () =>
          store.write({ ...sampleWrite(newStream(), 0), takeDeadLetters: [{ subscription, eventId }] });
        const results = await Promise.all([take(), take()]);
        expect(results.map((it) => it.status).sort()).toEqual(['letter', 'written']);
        expect((await store.deadLetters(100)).some((it) => it.eventId === eventId)).toBe(false);
        const other = { subscription: 'nobody', eventId };
        expect(await store.write({ events: [], heads: [], takeDeadLetters: [other] })).toEqual({
          status: 'letter',
          which: eventId,
        });
      });

      test('of two readers that derive the same ids from one event, the slower one learns that it was slower', async () => {
        const name = randomUUID();
        const from = await store.subscription(name, 'origin');
        await store.write(sampleWrite(newStream(), 0));
        const to = await store.end();
        const [stream, id] = [newStream(), randomUUID()];
        const react = (alert: string) =>
          store.write(sampleWrite(stream, 0, { events: [{ id, data: { alert } }], cursor: { name, from, to } }));
        expect((await react('first')).status).toBe('written');
        expect((await react('first')).status).toBe('repeated');
        expect(await react('second')).toEqual({ status: 'cursor', which: name });
      });

      test('heads are listed, counted and found by their last characters', async () => {
        const made = ['a', 'b', 'c'].map((it) => `approval/0000-${it}_%x`);
        for (const [i, stream] of made.entries())
          await store.write(
            sampleWrite(stream, 0, { events: [{ correlationId: 'w' }], head: { state: i === 1 ? 'odd' : 'even' } }),
          );
        const list = async (query: Omit<Parameters<Store['listHeads']>[0], 'kind' | 'limit'>) =>
          (await store.listHeads({ kind: 'approval', limit: 10, ...query })).map((it) => it.stream);
        expect(await list({})).toEqual(made.toReversed());
        expect(await list({ oldest: true, correlationId: 'w' })).toEqual(made);
        expect(await list({ states: ['even'] })).toEqual([made[2], made[0]]);
        expect(await list({ before: '0000-c_%x' })).toEqual([made[1], made[0]]);
        expect(await list({ oldest: true, before: '0000-a_%x' })).toEqual([made[1], made[2]]);
        expect(await list({ ending: 'b_%x' })).toEqual([made[1]]);
        expect(await list({ ending: '_____' })).toEqual([]);
        expect(await store.countHeads('approval')).toEqual({ even: 2, odd: 1 });
        const states = await store.headStates('approval', ['w', 'nothing']);
        expect(states.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
          { id: '0000-a_%x', correlationId: 'w', state: 'even' },
          { id: '0000-b_%x', correlationId: 'w', state: 'odd' },
          { id: '0000-c_%x', correlationId: 'w', state: 'even' },
        ]);
        expect(await store.headStates('approval', ['nothing'])).toEqual([]);
        expect(await store.headStates('task', ['w'])).toEqual([]);
        expect(await store.headStates('approval', [])).toEqual([]);
      });
    });

    describe('the queue', () => {
      /** Puts steps into the queue, each with a stream of its own. */
      const put = async (...steps: Parameters<typeof sampleStep>[0][]) => {
        const rows = steps.map((it) => sampleStep({ stream: newStream(), ...it }));
        const parts = rows.map((row) => sampleWrite(row.stream, 0));
        const result = await store.write({
          events: parts.flatMap((it) => it.events),
          heads: parts.flatMap((it) => it.heads),
          insertSteps: rows,
        });
        expect(result.status).toBe('written');
        return rows;
      };
      const claim = (
        kind: StepRow['kind'],
        agent = 'me',
        {
          capabilities = [],
          limit = 10,
          on = store,
        }: { capabilities?: readonly string[]; limit?: number; on?: Store } = {},
      ) =>
        on.claim({
          kinds: [kind],
          agent,
          incarnation: `${agent} of today`,
          capabilities,
          limit,
          leaseMs: 15_000,
          actor: `worker/${agent}`,
          newId: randomUUID,
        });
      /** What a claim would bring: whatever was won is given back. */
      const ask = async (kind: StepRow['kind'], agent = 'me', capabilities: readonly string[] = []) => {
        const won = await claim(kind, agent, { capabilities });
        for (const { step } of won)
          await store.write({
            events: [],
            heads: [],
            changeSteps: [
              { id: step.id, expect: { state: 'claimed', token: step.token }, set: { state: 'ready', ...nobody } },
            ],
          });
        return won.map((it) => it.step.id);
      };

      test('open steps are counted by kind and state, with the oldest of each group', async () => {
        const event = (n: number) => `00000000-0000-7000-8000-00000000000${n}`;
        /** Other tests put steps into this store, too. */
        const counted = async () =>
          new Map<string, { count: number; oldest: string }>(
            (await store.stepCounts()).map((it) => [`${it.kind} ${it.state}`, { ...it }]),
          );
        const before = await counted();
        const capabilities = ['counting']; // nobody has it, so that no other test wins these
        await put(
          { kind: 'work', capabilities, lastEventId: event(3) },
          { kind: 'work', capabilities, lastEventId: event(1) },
          { kind: 'work', state: 'paused', capabilities, lastEventId: event(2) },
          { kind: 'check', state: 'parked', capabilities, lastEventId: event(4) },
          { kind: 'check', state: 'done' },
          { kind: 'plan', state: 'cancelled' },
        );
        const after = await counted();
        const more = (group: string) => (after.get(group)?.count ?? 0) - (before.get(group)?.count ?? 0);
        expect(['work ready', 'work paused', 'check parked', 'check done', 'plan cancelled'].map(more)).toEqual([
          2, 1, 1, 0, 0,
        ]);
        expect([...after.keys()].filter((group) => /done|cancelled/.test(group))).toEqual([]);
        expect(['work ready', 'work paused', 'check parked'].map((group) => after.get(group)?.oldest)).toEqual(
          [1, 2, 4].map(event),
        );
      });

      test('open steps under limits are counted by limits and state, and of just these limits the best come first', async () => {
        const limits = [{ key: randomUUID(), max: 1 }];
        const both = [...limits, { key: randomUUID(), max: 2 }];
        const [second, third, first] = await put(
          { limits, state: 'parked', rank: 2 },
          { limits, state: 'parked', rank: 3 },
          { limits, state: 'parked', rank: 1 },
          { limits, state: 'paused' },
          { limits, state: 'done' },
          { limits: both, state: 'cancelled' },
          { limits: both, state: 'parked', rank: 0 },
          { state: 'parked' },
        );
        const own = (it: Pick<StepRow, 'limits'>) => it.limits[0]?.key === limits[0]?.key;
        expect((await store.limitCounts()).filter(own)).toEqual([
          { limits: both, state: 'parked', count: 1 },
          { limits, state: 'parked', count: 3 },
          { limits, state: 'paused', count: 1 },
        ]);
        const best = await store.steps({ limited: limits, states: ['parked'], limit: 2 });
        expect(best.map((it) => it.id)).toEqual([first?.id, second?.id]);
        expect(await store.steps({ limited: limits, limit: 10 })).toHaveLength(4);
        const all = (await store.steps({ limited: true, limit: 1_000 })).filter(own);
        expect(all).toHaveLength(5);
        expect(all.map((it) => it.id)).toContain(third?.id);
      });

      test('the best step is the most urgent, then the oldest; due ones are among them', async () => {
        const now = Date.parse(await store.now());
        const at = (ms: number) => new Date(now + ms).toISOString();
        const [low, old, late, due, high] = await put(
          { kind: 'plan', rank: 40 },
          { kind: 'plan', rank: 20 },
          { kind: 'plan', rank: 0, state: 'scheduled', runAt: at(60_000) },
          { kind: 'plan', rank: 30, state: 'scheduled', runAt: at(-1_000) },
          { kind: 'plan', rank: 10 },
        );
        expect(await store.nextDue(['plan'])).toBe(at(-1_000));
        expect(await store.nextDue(['merge'])).toBeNull();
        await put(
          { kind: 'plan', state: 'done' },
          { kind: 'plan', state: 'claimed', holder: 'x', leaseUntil: at(1_000) },
        );
        expect(await ask('plan')).toEqual([high?.id, old?.id, due?.id, low?.id]);
        expect((await claim('plan', 'me', { limit: 2 })).map((it) => it.step.id)).toEqual([high?.id, old?.id]);
        expect(await store.nextDue(['plan'])).toBe(at(60_000));
        expect(await store.steps({ ids: [late?.id ?? ''], limit: 1 })).toEqual([late]);
      });

      test('capabilities and a named agent decide who may take a step', async () => {
        const [any, gpu, both, mine] = await put(
          { kind: 'check' },
          { kind: 'check', capabilities: ['gpu'] },
          { kind: 'check', capabilities: ['gpu', 'node'] },
          { kind: 'check', onlyAgent: 'me' },
        );
        expect(await ask('check', 'other')).toEqual([any?.id]);
        expect((await ask('check', 'me', ['gpu'])).toSorted()).toEqual([any?.id, gpu?.id, mine?.id].toSorted());
        expect((await ask('check', 'other', ['node', 'gpu', 'more'])).toSorted()).toEqual(
          [any?.id, gpu?.id, both?.id].toSorted(),
        );
      });

      test('the author of a change checks it only when nobody else is alive who could', async () => {
        const [step] = await put({ kind: 'review', avoidAgent: 'author' });
        const author = sampleAgent('author');
        const peer = sampleAgent('peer');
        expect(await ask('review', 'author')).toEqual([step?.id]);
        await store.beat(author);
        await store.beat({ ...peer, role: 'planner' });
        expect(await ask('review', 'author')).toEqual([step?.id]);
        await store.forget(peer.incarnation);
        await store.beat(peer);
        expect(await ask('review', 'author')).toEqual([]);
        expect(await ask('review', 'peer')).toEqual([step?.id]);
        await store.beat({ ...peer, status: 'draining' });
        expect(await ask('review', 'author')).toEqual([step?.id]);
        await store.forget(author.incarnation);
        await store.forget(peer.incarnation);
      });

      test('an agent that a step rules out never takes it, not even alone', async () => {
        const without = anyoneBut('author');
        const [step, gpu] = await put(
          { kind: 'merge', capabilities: [without] },
          { kind: 'merge', capabilities: [without, 'gpu'], avoidAgent: 'peer' },
        );
        const all = [step?.id, gpu?.id].toSorted();
        const author = { ...sampleAgent('author'), capabilities: ['gpu'] };
        const peer = sampleAgent('peer');
        await store.beat(author);
        expect(await ask('merge', 'author', ['gpu', without, 'author'])).toEqual([]);
        expect(await ask('merge', 'autho')).toEqual([step?.id]);
        // Who is ruled out is nobody who could do it instead of one that should not.
        await store.beat(peer);
        const won = await claim('merge', 'peer', { capabilities: ['gpu'] });
        expect(won.map((it) => it.step.id).toSorted()).toEqual(all);
        await store.forget(author.incarnation);
        await store.forget(peer.incarnation);
      });

      test('a step avoids a machine while somebody is alive on another one, or rules it out whoever is there', async () => {
        const [avoiding, without] = await put(
          { kind: 'merge', avoidAgent: onHost('walnut') },
          { kind: 'merge', capabilities: [anyoneBut(onHost('walnut'))] },
        );
        const on = (agent: string, host: string) => ({
          ...sampleAgent(agent, { incarnation: `${agent} of today` }),
          host,
        });
        const [first, second, far] = [on('first', 'walnut'), on('second', 'walnut'), on('far', 'hazel')];
        for (const agent of [first, second]) await store.beat(agent);
        // Another one on the same machine is nobody else.
        expect(await ask('merge', 'first')).toEqual([avoiding?.id]);
        await store.beat(far);
        expect(await ask('merge', 'first')).toEqual([]);
        expect((await ask('merge', 'far')).toSorted()).toEqual([avoiding?.id, without?.id].toSorted());
        await store.beat({ ...far, status: 'draining' });
        expect(await ask('merge', 'second')).toEqual([avoiding?.id]);
        expect(await claim('merge', 'far')).toHaveLength(2);
        for (const agent of [first, second, far]) await store.forget(agent.incarnation);
      });

      test('a claim moves the stream on, records itself, and gives out a token that grows', async () => {
        const [first, second] = await put(
          { kind: 'work', due: ['even'], becomes: 'odd', rank: 1 },
          { kind: 'work', due: ['odd'], rank: 2 },
        );
        const stream = first?.stream ?? '';
        await store.write(sampleWrite(stream, 1, { head: { state: 'even' } }));
        const from = await store.end();
        const won = await claim('work');
        expect(won.map((it) => it.step.id)).toEqual([first?.id]);
        expect(won[0]).toMatchObject({
          head: { version: 3, state: 'odd', token: 1, view: { last: 'task.claimed' } },
          step: { token: 1, attempt: 1, state: 'claimed' },
        });
        const [told] = await readAll(from);
        expect(told).toMatchObject({
          id: won[0]?.step.lastEventId,
          type: 'task.claimed',
          stream,
          version: 3,
          correlationId: 'workflow',
          causationId: 'event',
          actor: 'worker/me',
          data: {
            taskId: 'task',
            step: 'work',
            attempt: 1,
            token: 1,
            agent: 'me',
            leaseUntil: won[0]?.step.leaseUntil,
          },
        });
        expect(Date.parse(won[0]?.step.leaseUntil ?? '') - Date.parse(told?.at ?? '')).toBe(15_000);
        const trace = (await store.traces({ limit: 1_000 })).find((it) => it.correlationId === 'workflow');
        const ofTrace = await store.events({ correlationId: 'workflow', limit: 1_000 });
        expect(trace?.events, 'events that are counted of the trace').toBe(ofTrace.events.length);
        const head = async () => (await store.heads([stream])).heads.get(stream);
        expect(await head()).toMatchObject({ version: 3, state: 'odd', token: 1, view: { last: 'task.claimed' } });
        expect(await claim('work')).toEqual([]);
        // The one that waits for another state stands aside, so that it does not keep others waiting.
        expect((await store.steps({ ids: [second?.id ?? ''], limit: 1 }))[0]?.state).toBe('scheduled');
        await store.write({ events: [], heads: [], insertSteps: [sampleStep({ kind: 'work', stream })] });
        await store.write(sampleWrite(stream, 3, { head: { state: 'even' } }));
        expect(await claim('work')).toMatchObject([{ head: { version: 5 }, step: { token: 2 } }]);
      });

      test('with a step comes its workflow as it is, also where its view was left behind', async () => {
        const [one, other] = [randomUUID(), randomUUID()];
        for (const id of [one, other]) await store.write(sampleWrite(`workflow/${id}`, 0));
        const capabilities = ['accompanied'];
        /** Other tests left steps behind. */
        const mine = async (kind: StepRow['kind']) =>
          (await claim(kind, 'me', { capabilities, limit: 99 })).filter((it) => it.step.capabilities.length > 0);
        const plan = sampleStep({
          kind: 'plan',
          capabilities,
          stream: `workflow/${one}`,
          taskId: null,
          workflowId: one,
        });
        await store.write({ events: [], heads: [], insertSteps: [plan] });
        const [planned] = await mine('plan');
        expect(planned?.step.id).toBe(plan.id);
        expect(planned?.workflow).toEqual(planned?.head);

        const ofTask = { kind: 'work', capabilities, taskId: 'task' } as const;
        const tasks = await put(
          { ...ofTask, workflowId: one, rank: 1 },
          { ...ofTask, workflowId: other, rank: 2 },
          { ...ofTask, workflowId: one, rank: 3 },
          { ...ofTask, workflowId: randomUUID(), rank: 4 },
        );
        const won = await mine('work');
        const { heads } = await store.heads([one, other].map((id) => `workflow/${id}`));
        const [first, second] = [heads.get(`workflow/${one}`), heads.get(`workflow/${other}`)];
        expect(first?.version).toBe(2);
        expect(won.map(({ step, workflow }) => [step.id, workflow])).toEqual(
          tasks.map(({ id }, i) => [id, [first, second, first, null][i]]),
        );
      });

      test('claims of several processes never win the same step, and what they record is dense', async () => {
        const stores = await Promise.all(Array.from({ length: 4 }, open));
        const rows = await put(...Array.from({ length: 60 }, (_, rank) => ({ kind: 'merge' as const, rank })));
        const from = await store.end();
        const takers = stores.map(async (on, i) => {
          const won: string[] = [];
          for (let empty = 0; empty < 3;) {
            const part = await claim('merge', `taker-${i}`, { limit: 3, on });
            won.push(...part.map((it) => it.step.id));
            if (part.length === 0) empty += 1;
          }
          return won;
        });
        const won = (await Promise.all(takers)).flat();
        expect(won.toSorted()).toEqual(rows.map((it) => it.id).toSorted());
        const told = (await readAll(from)).filter((it) => it.type === 'task.claimed');
        expect(told.map((it) => it.stream).toSorted()).toEqual(rows.map((it) => it.stream).toSorted());
      });

      test('under many hands the calls come to some order of single ones, and readers miss nothing', async () => {
        const stores = await Promise.all(Array.from({ length: 4 }, open));
        const { calls, violations } = await manyHands(stores, { steps: 3, rounds: 10 });
        expect(violations).toEqual([]);
        expect(calls).toBeGreaterThan(50);
      });

      test('a stream that ends takes its open steps with it', async () => {
        const [open, held] = await put({ kind: 'check', workflowId: 'w1' }, { kind: 'check', workflowId: 'w1' });
        const stream = open?.stream ?? '';
        await store.write({
          events: [],
          heads: [],
          insertSteps: [sampleStep({ stream, workflowId: 'w1', kind: 'plan' })],
        });
        const other = sampleStep({ stream: held?.stream ?? '', workflowId: 'w1' });
        await store.write({ events: [], heads: [], insertSteps: [other] });
        const fresh = sampleStep({ stream, workflowId: 'w1' });
        await store.write(sampleWrite(stream, 1, { endSteps: [{ workflowId: 'w1', stream }], insertSteps: [fresh] }));
        const states = (await store.steps({ workflowId: 'w1', limit: 10 })).map((it) => [
          it.stream === stream,
          it.state,
        ]);
        expect(states.toSorted()).toEqual(
          [
            [false, 'ready'],
            [false, 'ready'],
            [true, 'cancelled'],
            [true, 'cancelled'],
            [true, 'ready'],
          ].toSorted(),
        );
      });

      test('a stream that ends takes a step with it that another write changes in the same moment', async () => {
        for (const endsFirst of [true, false]) {
          const rows = await put(...Array.from({ length: 4 }, () => ({ state: 'parked', due: ['idle'] }) as const));
          const end = ({ stream, workflowId }: StepRow) =>
            store.write(sampleWrite(stream, 1, { endSteps: [{ workflowId, stream }] }));
          const admit = ({ id }: StepRow) =>
            store.write({
              ...{ events: [], heads: [] },
              changeSteps: [{ id, expect: { state: 'parked', token: 0 }, set: { state: 'ready' } }],
            });
          const acts = endsFirst ? [end, admit] : [admit, end];
          const results = await Promise.all(rows.flatMap((row) => acts.map((act) => act(row))));
          const expected = endsFirst ? ['written', 'step'] : ['written', 'written'];
          expect(results.map((it) => it.status)).toEqual(rows.flatMap(() => expected));
          const steps = await store.steps({ ids: rows.map((it) => it.id), limit: 4 });
          expect(steps.map((it) => it.state)).toEqual(rows.map(() => 'cancelled'));
        }
      });

      test('an event without a time gets that of the store', async () => {
        const stream = newStream();
        await store.write(sampleWrite(stream, 0, { events: [{ at: '' }] }));
        const { events } = await store.events({ stream, limit: 1 });
        expect(Math.abs(Date.parse(events[0]?.at ?? '') - Date.now())).toBeLessThan(5_000);
      });

      test('a claim changes a step once, and an older token changes nothing', async () => {
        const [step] = await put({ kind: 'merge' });
        const id = step?.id ?? '';
        const take = (holder: string) =>
          store.write(
            sampleWrite(newStream(), 0, {
              changeSteps: [
                {
                  id,
                  expect: { state: 'ready', token: 0 },
                  set: {
                    state: 'claimed',
                    token: 1,
                    attempt: 1,
                    holder,
                    holderAgent: holder,
                    leaseUntil: '2026-11-21T12:00:30.000Z',
                  },
                },
              ],
            }),
          );
        const results = await Promise.all([take('a'), take('b')]);
        expect(results.map((it) => it.status).sort()).toEqual(['step', 'written']);
        const [taken] = await store.steps({ ids: [id], limit: 1 });
        const holder = taken?.holder ?? '';
        expect(taken).toMatchObject({ state: 'claimed', token: 1, attempt: 1 });
        expect(
          (await store.steps({ holder, leaseBefore: '2026-11-21T12:01:00.000Z', limit: 5 })).map((it) => it.id),
        ).toEqual([id]);
        const finish = (expect: { token: number; holder?: string }) =>
          store.write(
            sampleWrite(newStream(), 0, {
              changeSteps: [
                {
                  id,
                  expect: { state: 'claimed', ...expect },
                  set: { state: 'done', holder: null, payload: { a: 1 } },
                },
              ],
            }),
          );
        expect(await finish({ token: 0 })).toEqual({ status: 'step', which: id });
        // Who says no more than that it is over is answered alike.
        const end = {
          id,
          expect: { state: 'claimed', token: 0 },
          set: { state: 'done', token: 0, lastEventId: 'x' },
        } as const;
        expect(await store.write({ events: [], heads: [], changeSteps: [end] })).toEqual({ status: 'step', which: id });
        expect((await finish({ token: 1, holder: 'someone else' })).status).toBe('step');
        expect((await finish({ token: 1, holder })).status).toBe('written');
        expect(await store.steps({ ids: [id], states: ['done'], limit: 1 })).toMatchObject([
          { holder: null, payload: { a: 1 } },
        ]);
        expect((await store.write(sampleWrite(newStream(), 0, { insertSteps: [sampleStep({ id })] }))).status).toBe(
          'step',
        );
      });

      test('a lease is prolonged only for its holder and token', async () => {
        const held = {
          kind: 'merge',
          state: 'claimed',
          token: 4,
          holder: 'h',
          leaseUntil: '2026-01-01T00:00:00.000Z',
        } as const;
        const [mine, lost] = await put(held, { ...held, holder: 'other' });
        const claims = [mine?.id, lost?.id].map((id) => ({ id: id ?? '', token: 4 }));
        expect(await store.renew(claims, 'h', 30_000)).toEqual([mine?.id]);
        expect(await store.renew([{ id: mine?.id ?? '', token: 3 }], 'h', 30_000)).toEqual([]);
        const [row] = await store.steps({ ids: [mine?.id ?? ''], limit: 1 });
        const left = Date.parse(row?.leaseUntil ?? '') - Date.parse(await store.now());
        expect(left).toBeGreaterThan(25_000);
        expect(left).toBeLessThanOrEqual(30_000);
        expect(await store.renew([], 'h', 1)).toEqual([]);
      });
    });

    describe('the clock of a process that is wrong', () => {
      afterEach(() => void vi.useRealTimers());

      test('decides about no lease', async () => {
        const agent = randomUUID();
        const stream = newStream();
        await store.write(sampleWrite(stream, 0, { insertSteps: [sampleStep({ stream, onlyAgent: agent })] }));
        // The clock of a database that lives in this process is wrong with it.
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
        const left = async (until: string | null | undefined) =>
          Date.parse(until ?? '') - Date.parse(await store.now());
        const query = { kinds: ['work'], agent, incarnation: agent, capabilities: [], actor: 'worker/x' } as const;
        const [won] = await store.claim({ ...query, limit: 1, leaseMs: 15_000, newId: randomUUID });
        const claimed = await left(won?.step.leaseUntil);
        await store.renew([won?.step ?? { id: '', token: 0 }], agent, 30_000);
        const renewed = await left((await store.steps({ ids: [won?.step.id ?? ''], limit: 1 }))[0]?.leaseUntil);
        expect([claimed > 10_000, claimed <= 15_000, renewed > 25_000, renewed <= 30_000]).toEqual(Array(4).fill(true));
      });
    });

    describe('processes', () => {
      across('what a process was told is there, though it is killed in that moment', async () => {
        const name = randomUUID();
        const rows = [newStream(), newStream()].map((stream) =>
          sampleStep({ kind: 'check', stream, onlyAgent: name, workflowId: name }),
        );
        for (const row of rows) await store.write(sampleWrite(row.stream, 0, { insertSteps: [row] }));
        for (const verb of ['write and die', 'claim and die'] as const) {
          const dying = child(verb, name);
          await dying.says('told');
          await dying.kill();
        }
        expect((await store.events({ stream: `box/${name}`, limit: 5 })).events).toHaveLength(1);
        const claimed = await store.steps({ workflowId: name, states: ['claimed'], limit: 5 });
        expect(claimed).toHaveLength(2);
        const told = (await store.events({ correlationId: name, types: ['task.claimed'], limit: 5 })).events;
        expect(told.map((it) => it.id).toSorted()).toEqual(claimed.map((it) => it.lastEventId).toSorted());
      });

      across('a log that grew without a ring is heard of all the same', async () => {
        const other = await open();
        let heard = 0;
        const stop = store.listen(() => (heard += 1));
        // Who has just begun to listen may hear once for nothing.
        for (const _ of ['first', 'second']) {
          const before = heard;
          await other.write(sampleWrite(newStream(), 0));
          await expect.poll(() => heard > before).toBe(true);
        }
        stop();
      });

      test('agents beat, are listed and forgotten', async () => {
        const agent = sampleAgent('beating');
        await store.beat(agent);
        await store.beat({ ...agent, status: 'busy', load: 0.5 });
        const [row] = (await store.agents()).filter((it) => it.agent === 'beating');
        expect(row).toMatchObject({ ...agent, status: 'busy', load: 0.5 });
        expect(row).not.toHaveProperty('figures');
        expect(Math.abs(Date.parse(row?.beatAt ?? '') - Date.now())).toBeLessThan(5_000);
        const figures = { at: 'now', gpus: [{ used: 1.5, name: null }] };
        await store.beat({ ...agent, figures });
        expect((await store.agents()).find((it) => it.agent === 'beating')).toMatchObject({ figures });
        await store.forget(agent.incarnation);
        expect((await store.agents()).filter((it) => it.agent === 'beating')).toEqual([]);
      });

      across('a killed process is gone at once, a living one is not', async () => {
        const [living, dead, unknown] = [randomUUID(), randomUUID(), randomUUID()];
        for (const incarnation of [living, dead]) await store.beat(sampleAgent('held', { incarnation }));
        const release = await store.hold(living);
        const holder = child('hold', dead);
        await holder.says('held');
        const other = await open();
        expect(await other.gone([living, dead, unknown])).toEqual([]);
        await holder.kill();
        await expect.poll(() => other.gone([living, dead, unknown]), { timeout: 60_000, interval: 20 }).toEqual([dead]);
        await release();
        expect(await other.gone([living])).toEqual([]);
        for (const incarnation of [living, dead]) await store.forget(incarnation);
      });

      test('a hold that comes before the first beat counts as well', async () => {
        const incarnation = randomUUID();
        const other = await place.open();
        await other.hold(incarnation);
        await other.beat(sampleAgent('early', { incarnation }));
        expect(await store.gone([incarnation])).toEqual([]);
        await other.close();
        // On SQLite the process itself still lives; elsewhere the session was what lived.
        const expected = store.dialect === 'sqlite' ? [] : [incarnation];
        await expect.poll(() => store.gone([incarnation]), { timeout: 60_000, interval: 20 }).toEqual(expected);
        await store.forget(incarnation);
      });

      across('a ring is heard by other processes and by its own', async () => {
        const [near, far] = [child('listen'), child('listen')];
        await Promise.all([near.says('listening'), far.says('listening')]);
        const own = Promise.withResolvers<void>();
        const stop = store.listen(() => own.resolve());
        store.ring();
        await Promise.all([near.says('heard'), far.says('heard'), own.promise]);
        stop();
      });

      test('a ring is heard by every store that is open, and by none that stopped or closed', async () => {
        const [other, closing] = [await open(), await place.open()];
        const heard: string[] = [];
        const all = Promise.withResolvers<void>();
        const note = (who: string) => () => {
          heard.push(who);
          if (heard.includes('own') && heard.includes('other')) all.resolve();
        };
        const stops = [store.listen(note('own')), other.listen(note('other'))];
        store.listen(note('stopped'))();
        closing.listen(note('closed'));
        await closing.close();
        // Stores find each other in the background, and a ring may be lost until they have.
        const ringing = setInterval(() => other.ring(), 20);
        await all.promise;
        clearInterval(ringing);
        for (const stop of stops) stop();
        expect(new Set(heard)).toEqual(new Set(['own', 'other']));
      });

      test('a ring says of which kinds there may be more to take, here and elsewhere', async () => {
        const other = await open();
        const heard = new Map([store, other].map((it) => [it, new Set<number>()]));
        const stops = [...heard].map(([it, about]) => it.listen((mask) => void about.add(mask)));
        const told = async (about: number, ring: () => void) => {
          for (const said of heard.values()) said.clear();
          // Rings of others and of the log's growth are among them, and a ring may be lost until the stores have found each other.
          const ringing = setInterval(ring, 20);
          await expect.poll(() => [...heard.values()].every((it) => it.has(about))).toBe(true);
          clearInterval(ringing);
        };
        await told(maskOf(['work', 'merge']), () => store.ring(maskOf(['merge', 'work'])));
        await told(logRing, () => other.ring(logRing));
        await told(anyRing, () => other.ring());
        for (const stop of stops) stop();
      });

      across('when the process that passes rings on is killed, the others still hear', async () => {
        const [first, second, third] = [child('listen'), child('listen'), child('listen')];
        await Promise.all([first.says('listening'), second.says('listening'), third.says('listening')]);
        for (const dying of [first, second]) {
          await dying.kill();
          // A ring may be lost while the others find each other again.
          const ringing = setInterval(() => store.ring(), 20);
          await third.says('heard');
          clearInterval(ringing);
        }
      });
    });

    test('what is asked for before a store is closed is written, and refused afterwards', async () => {
      const closing = await place.open();
      const streams = Array.from({ length: 9 }, newStream);
      const asked = [...streams, ...streams].map((it) => closing.write(sampleWrite(it, 0)));
      await Promise.all([closing.close(), closing.close()]);
      await closing.close();
      const statuses = (await Promise.all(asked)).map((it) => it.status);
      expect(statuses).toEqual([...streams.map(() => 'written'), ...streams.map(() => 'version')]);
      const unavailable = { code: 'store.unavailable' };
      await expect(closing.write(sampleWrite(newStream(), 0))).rejects.toMatchObject(unavailable);
      const query = { kinds: ['plan'], agent: 'a', incarnation: 'i', capabilities: [], actor: 'a' } as const;
      const more = { limit: 1, leaseMs: 1, newId: randomUUID };
      await expect(closing.claim({ ...query, ...more })).rejects.toMatchObject(unavailable);
      await expect(closing.beat(sampleAgent('late'))).rejects.toMatchObject(unavailable);
      expect((await store.heads(streams)).heads.size).toBe(streams.length);
    });

    test('the store tells about itself without its password', async () => {
      const about = await store.about();
      expect(about.bytes).toBeGreaterThan(4_000);
      expect(about.version).toMatch(/^(SQLite|PostgreSQL|memory) \d/);
      if (!alone) expect(about.schema).toBeGreaterThan(0);
    });
  });
};
