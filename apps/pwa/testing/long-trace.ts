import { openStore, type EventRow, type HeadWrite } from '@hive/core-db';
import { foldStream, parseStream, stateOf, streams, type HiveEvent, type NewEvent } from '@hive/events';
import { createLog, idOf } from './log.ts';
import { tellWorkflow } from './workflow-story.ts';

/** A title as somebody writes it who wants to break a screen: markup, a mark that turns text round, a terminal's escape, and no end. */
export const hostileTitle = `<img src=x onerror=alert(1)>\u202egnp.exe\u001b[31m ${'W'.repeat(4000)}`;

const batch = 5000;
const mostTasks = 200;

type Head = HeadWrite['head'];

/** Fills a store with one running workflow of so many events: tasks whose checks are put off again and again, now and then with a call to a model. */
export const fillLongTrace = async (
  home: string,
  { events, now }: { readonly events: number; readonly now: number },
): Promise<string> => {
  const log = createLog();
  const tasks = Math.max(1, Math.min(mostTasks, Math.floor(events / 50)));
  const trace = tellWorkflow(log, {
    goal: `A long way of ${events} events`,
    repo: '/srv/long',
    startedAt: now - 6 * 3_600_000,
    tasks: Array.from({ length: tasks }, (_, n) => ({
      key: `task-${n}`,
      title: n === 0 ? hostileTitle : `Part ${n} of the way`,
      author: 'ollama:qwen3-coder:30b@walnut',
      end: 'open' as const,
    })),
  });
  const store = await openStore({ home });
  const heads = new Map<string, Head>();
  const write = async (part: readonly HiveEvent[]) => {
    const versions = new Map<string, number>();
    for (const event of part) {
      const before = heads.get(event.stream);
      if (!versions.has(event.stream)) versions.set(event.stream, before?.version ?? 0);
      heads.set(event.stream, headOf(event, before));
    }
    const result = await store.write({
      events: part.map(({ position: _, ...event }): EventRow => event),
      heads: [...versions].flatMap(([stream, expectedVersion]) => {
        const head = heads.get(stream);
        return head ? [{ head, expectedVersion }] : [];
      }),
    });
    if (result.status !== 'written') throw new Error(`a part was answered with ${JSON.stringify(result)}`);
  };
  const all = goOn(log.events.slice(0, events), { trace, events, now });
  for (let part: HiveEvent[] = []; ; part = []) {
    for (let next = all.next(); ; next = all.next()) {
      if (!next.done) part.push(next.value);
      if (next.done || part.length === batch) break;
    }
    if (part.length === 0) break;
    await write(part);
  }
  await store.close();
  return trace;
};

const headOf = (event: HiveEvent, before: Head | undefined): Head => {
  const view = foldStream(before?.view ?? null, event);
  const { stream, correlationId, version, id: lastEventId } = event;
  const token = event.type === 'task.claimed' ? event.data.token : (before?.token ?? 0);
  return {
    stream,
    ...parseStream(stream),
    correlationId,
    version,
    state: stateOf(stream, view),
    lastEventId,
    token,
    view,
  };
};

/** The events of a story, and then check after check of each task in turn until there are as many as asked for. */
function* goOn(
  told: readonly HiveEvent[],
  { trace, events, now }: { readonly trace: string; readonly events: number; readonly now: number },
): Generator<HiveEvent> {
  yield* told;
  const claims = told.flatMap((event) => (event.type === 'task.claimed' && event.data.step === 'check' ? [event] : []));
  const last = new Map(told.map((event) => [event.stream, event]));
  const begin = Date.parse(told.at(-1)?.at ?? '') || now;
  let count = told.length;
  const made = (event: NewEvent, cause: HiveEvent | undefined): HiveEvent => {
    count += 1;
    const at = new Date(begin + ((now - begin) * count) / events).toISOString();
    const version = (last.get(event.stream)?.version ?? 0) + 1;
    const id = `${idOf('long', now).slice(0, 24)}${count.toString(16).padStart(12, '0')}`;
    const made = { ...event, id, position: count, version, correlationId: trace, at, actor: 'worker/worker-1' };
    const whole = { ...made, causationId: cause?.id ?? null } as HiveEvent; // payloads of events that were parsed
    last.set(event.stream, whole);
    return whole;
  };
  const call = told.find((event) => event.type === 'model.called');
  for (let round = 1; count < events && claims.length > 0; round += 1)
    for (const claim of claims) {
      const { stream, data } = claim;
      if (count >= events) break;
      const claimed = made(
        { type: 'task.claimed', stream, data: { ...data, token: claim.data.token + round } },
        last.get(stream),
      );
      yield claimed;
      if (call && round % 20 === 0 && count < events) {
        const callId = `${idOf('call', now).slice(0, 24)}${count.toString(16).padStart(12, '0')}`;
        yield made({ ...call, stream: streams.call(callId), data: { ...call.data, callId } }, claimed);
      }
      if (count >= events) break;
      const { taskId, attempt, step } = claim.data;
      const token = claim.data.token + round;
      yield made(
        {
          type: 'task.snoozed',
          stream,
          data: { taskId, step, attempt, token, until: new Date(now).toISOString(), reason: 'The repository is busy' },
        },
        claimed,
      );
    }
}
