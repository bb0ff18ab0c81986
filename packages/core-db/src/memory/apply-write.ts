import { plainText } from '@hive/errors';
import type { EventRow, HeadWrite, Start, StepChange, StepRow, Write, WriteResult } from '../port.ts';
import { checkWrite, tracesOf } from '../write-rules.ts';
import { plain } from './plain.ts';
import { addEvent, putStep, setIn, type Tables, type Undo } from './tables.ts';

/** An event with this id is in the log already. */
export class DuplicateEvent extends Error {}

/**
 * One write, part by part, each under its conditions. What was done is noted in `undos`; a result other than `written`, and any error, asks for
 * it to be taken back.
 */
export const applyWrite = (tables: Tables, write: Write, now: string, undos: Undo[]): WriteResult => {
  checkWrite(write);
  for (const it of write.heads) if (!moveHead(tables, it, undos)) return { status: 'version', which: it.head.stream };
  for (const it of write.changeSteps ?? []) if (!changeStep(tables, it, undos)) return { status: 'step', which: it.id };
  endSteps(tables, write, undos);
  for (const step of write.insertSteps ?? []) {
    if (tables.steps.has(step.id)) return { status: 'step', which: step.id };
    undos.push(putStep(tables, stored(step)));
  }
  for (const it of write.starts ?? []) {
    const event = moveOn(tables, it, undos);
    if (!event) return { status: 'version', which: it.step.stream };
    if (tables.steps.has(it.step.id)) return { status: 'step', which: it.step.id };
    undos.push(putStep(tables, stored({ ...it.step, rank: it.step.rank + Date.parse(now) })));
    tell(tables, [event], now, undos);
  }
  if (write.cursor && !moveCursor(tables, write.cursor, undos)) return { status: 'cursor', which: write.cursor.name };
  if (write.deadLetter) {
    const { subscription, eventId, error, attempts } = write.deadLetter;
    const letter = { subscription, eventId, error: plainText(error), attempts, at: now };
    setLetters(tables, [...tables.letters, letter], undos);
  }
  for (const { subscription, eventId } of write.takeDeadLetters ?? []) {
    const left = tables.letters.filter((it) => it.subscription !== subscription || it.eventId !== eventId);
    if (left.length === tables.letters.length) return { status: 'letter', which: eventId };
    setLetters(tables, left, undos);
  }
  tell(tables, write.events, now, undos);
  return { status: 'written' };
};

/** Appends events, whose heads have moved, and counts them. */
export const tell = (tables: Tables, given: readonly EventRow[], now: string, undos: Undo[]): void => {
  const events = given.map((it) => ({ ...it, at: it.at === '' ? now : it.at, data: plain(it.data) })); // parts of one event
  for (const event of events) {
    if (tables.eventById.has(event.id)) throw new DuplicateEvent(`There is an event ${event.id} already`);
    undos.push(addEvent(tables, event));
  }
  for (const more of tracesOf(events)) {
    const trace = tables.traces.get(more.correlationId);
    undos.push(
      setIn(tables.traces, more.correlationId, {
        correlationId: more.correlationId,
        firstAt: trace && trace.firstAt < more.firstAt ? trace.firstAt : more.firstAt,
        lastAt: trace && trace.lastAt > more.lastAt ? trace.lastAt : more.lastAt,
        events: (trace?.events ?? 0) + more.events,
        errors: (trace?.errors ?? 0) + more.errors,
      }),
    );
  }
};

const moveHead = (tables: Tables, { head, expectedVersion }: HeadWrite, undos: Undo[]): boolean => {
  const before = tables.heads.get(head.stream);
  if ((before?.version ?? 0) !== expectedVersion) return false;
  const { view, ...rest } = head;
  const kept = view === undefined ? { view: before?.view ?? null, viewVersion: before?.viewVersion ?? 0 } : null;
  const after = { ...rest, ...(kept ?? { view: plain(view), viewVersion: head.version }) };
  // Only a claim gives out tokens on a stream that exists; what a stream is called and belongs to never changes.
  const own = before && { kind: before.kind, id: before.id, correlationId: before.correlationId, token: before.token };
  undos.push(setIn(tables.heads, head.stream, { ...after, ...own }));
  return true;
};

/** The event under the version that its stream now has, which nobody has read; null when the stream is not as a start wants it. */
const moveOn = (tables: Tables, { event, step, unless }: Start, undos: Undo[]): EventRow | null => {
  const before = tables.heads.get(step.stream);
  if (before?.token !== 0 || (step.due.length > 0 && !step.due.includes(before.state))) return null;
  if (tables.heads.get(unless.stream)?.state === unless.state) return null;
  const version = before.version + 1;
  undos.push(setIn(tables.heads, step.stream, { ...before, version, lastEventId: event.id }));
  return { ...event, version };
};

const changeStep = (tables: Tables, { id, expect, set }: StepChange, undos: Undo[]): boolean => {
  const step = tables.steps.get(id);
  if (step?.state !== expect.state || step.token !== expect.token) return false;
  if (expect.holder !== undefined && step.holder !== expect.holder) return false;
  const given = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined));
  undos.push(putStep(tables, stored({ ...step, ...given })));
  return true;
};

const endSteps = (tables: Tables, write: Write, undos: Undo[]): void => {
  if (!write.endSteps || write.endSteps.length === 0) return;
  const kept = new Set((write.changeSteps ?? []).map((it) => it.id));
  const open = (['ready', 'scheduled', 'paused', 'parked', 'claimed'] as const).flatMap((it) => [
    ...tables.stepsIn[it],
  ]);
  for (const id of open) {
    const step = tables.steps.get(id);
    const ends = write.endSteps.some((it) => it.workflowId === step?.workflowId && it.stream === step.stream);
    if (!step || !ends || kept.has(id)) continue;
    const freed = { holder: null, holderAgent: null, leaseUntil: null };
    undos.push(putStep(tables, { ...step, ...freed, state: 'cancelled', token: step.token + 1 }));
  }
};

const moveCursor = (tables: Tables, { name, from, to }: NonNullable<Write['cursor']>, undos: Undo[]): boolean => {
  const at = tables.cursors.get(name);
  if (at?.xid !== from.xid || at.position !== from.position) return false;
  undos.push(setIn(tables.cursors, name, { xid: to.xid, position: to.position }));
  return true;
};

const setLetters = (tables: Tables, letters: Tables['letters'], undos: Undo[]): void => {
  const before = tables.letters;
  tables.letters = letters;
  undos.push(() => void (tables.letters = before));
};

const stored = (step: StepRow): StepRow => ({
  ...step,
  capabilities: plain(step.capabilities),
  due: plain(step.due),
  payload: plain(step.payload),
});
