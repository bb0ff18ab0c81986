import { claimId, limitOf } from '../claim-ids.ts';
import { claimData, type Won } from '../claimed.ts';
import { isNamed, meets } from '../demands.ts';
import type { ClaimQuery, EventRow, StepRow } from '../port.ts';
import type { KeptHead } from '../rows.ts';
import { tell } from './apply-write.ts';
import { isBetter, putStep, setIn, type Demands, type Tables, type Undo } from './tables.ts';

/** An agent whose last beat is older is not counted on, though its lease may still hold. */
const aliveMs = 15_000;

/** Scheduled steps that are made ready in one claim. */
const dueAtOnce = 500;

const after = (now: string, ms: number): string => new Date(Date.parse(now) + ms).toISOString();

/** Wins steps: in each lane that the agent may take from the first ready ones, and of those the best. */
export const applyClaim = (tables: Tables, query: ClaimQuery, now: string, undos: Undo[]): readonly Won[] => {
  const put = (step: StepRow) => void undos.push(putStep(tables, step));
  for (const step of due(tables, now))
    put({ ...step, state: step.limits.length === 0 ? 'ready' : 'parked', runAt: null });
  const found = best(tables, query, now);
  if (found.length === 0) return [];
  const leaseUntil = after(now, query.leaseMs);
  const all: Won[] = [];
  const events: EventRow[] = [];
  const moved = new Set<string>();
  const id = query.newId();
  for (const [i, { step, head }] of found.entries()) {
    // Two steps of one stream in one claim: the second one is for the next time, as its stream has just moved.
    if (moved.has(step.stream)) continue;
    if (step.due.length > 0 && !step.due.includes(head.state)) {
      // What stands first and cannot be claimed must not keep the others waiting.
      put({ ...step, state: 'scheduled', runAt: leaseUntil });
      continue;
    }
    const won: StepRow = {
      ...step,
      state: 'claimed',
      token: head.token + 1,
      attempt: step.attempt + 1,
      runAt: null,
      holder: query.incarnation,
      holderAgent: query.agent,
      leaseUntil,
      lastEventId: claimId(id, i + 1),
    };
    const { token, lastEventId } = won;
    const taken = { ...head, version: head.version + 1, state: step.becomes ?? head.state, token, lastEventId };
    undos.push(setIn(tables.heads, won.stream, taken));
    put(won);
    events.push({
      id: lastEventId,
      type: 'task.claimed',
      stream: won.stream,
      version: taken.version,
      correlationId: won.workflowId,
      causationId: step.lastEventId,
      actor: query.actor,
      at: now,
      data: claimData(won),
    });
    moved.add(step.stream);
    all.push({ step: won, head: taken, at: now });
  }
  tell(tables, events, now, undos);
  return all;
};

const due = (tables: Tables, now: string): StepRow[] => {
  const found = [...tables.stepsIn.scheduled].flatMap((id) => {
    const step = tables.steps.get(id);
    return step && step.runAt !== null && step.runAt <= now ? [step] : [];
  });
  return found.toSorted((a, b) => ((a.runAt ?? '') < (b.runAt ?? '') ? -1 : 1)).slice(0, dueAtOnce);
};

const best = (tables: Tables, query: ClaimQuery, now: string) => {
  const found: { readonly step: StepRow; readonly head: KeptHead }[] = [];
  for (const { demands, ready } of tables.lanes.values()) {
    if (ready.length === 0 || !mayTake(tables, demands, query, now)) continue;
    let left = limitOf(query);
    for (const step of ready) {
      if (left === 0) break;
      const head = tables.heads.get(step.stream);
      if (!head) continue;
      found.push({ step, head });
      left -= 1;
    }
  }
  return found.toSorted((a, b) => (isBetter(a.step, b.step) ? -1 : 1)).slice(0, limitOf(query));
};

/** What an agent should avoid it may take only while nobody else is alive who could. */
const mayTake = (tables: Tables, demands: Demands, query: ClaimQuery, now: string): boolean => {
  const { kind, capabilities, onlyAgent, avoidAgent } = demands;
  const me = { ...query, host: tables.agents.get(query.incarnation)?.host ?? null };
  if (!query.kinds.includes(kind) || !meets(me, capabilities)) return false;
  if (onlyAgent !== null && onlyAgent !== query.agent) return false;
  if (!isNamed(me, avoidAgent)) return true;
  const agents = [...tables.agents.values()];
  const roles = new Set(agents.filter((it) => it.agent === query.agent).map((it) => it.role));
  const since = after(now, -aliveMs);
  return !agents.some(
    (it) =>
      roles.has(it.role) &&
      !isNamed(it, avoidAgent) &&
      it.status !== 'draining' &&
      it.beatAt > since &&
      meets(it, capabilities),
  );
};
