import { streams } from '@hive/events';
import { checkedStore } from '../checked-store.ts';
import { checkNames, namesOfAgent, namesOfClaim } from '../names.ts';
import { origin, type Head, type Store } from '../port.ts';
import { anyRing, type RingMask } from '../ring-mask.ts';
import { reportNothing } from '../verify/verify.ts';
import { wasClosed } from '../write-rules.ts';
import { applyClaim } from './apply-claim.ts';
import { applyWrite, DuplicateEvent } from './apply-write.ts';
import { plain } from './plain.ts';
import { createReads } from './reads.ts';
import { recordedIn } from './recorded.ts';
import { emptyTables, type Session, type Tables, type Undo } from './tables.ts';

/** What a memory needs from its surroundings. */
export type MemoryOptions = {
  /** The time of the store, in milliseconds. */
  readonly now: () => number;
  /** Brings a ring to one listener; at once unless given. May drop, double, delay or swap rings: they are hints. */
  readonly deliver?: (heard: () => void) => void;
};

/** What several stores of one process share, as several processes share a database. Gone with the last reference to it. */
export type Memory = Required<MemoryOptions> & {
  readonly tables: Tables;
  readonly listeners: Map<(about: RingMask) => void, Session>;
};

/** An empty memory. */
export const createMemory = ({ now, deliver = (heard) => queueMicrotask(heard) }: MemoryOptions): Memory => ({
  now,
  deliver,
  tables: emptyTables(),
  listeners: new Map(),
});

/**
 * A store in the memory of this process: everything that the databases promise but durability, without input, output or a clock of its own.
 * A store that is closed is to the others what a process is that was killed.
 *
 * @example
 * const memory = createMemory({ now: () => 0 });
 * const [mine, yours] = [openMemory(memory), openMemory(memory)];
 */
export const openMemory = (memory: Memory): Store => {
  const { tables, listeners } = memory;
  const { head, ...reads } = createReads(tables);
  const session: Session = { closed: false };
  const held = new Set<string>();
  let told = { at: Number.NaN, text: '' };
  const now = (): string => {
    const at = Math.floor(memory.now());
    if (at !== told.at) told = { at, text: new Date(at).toISOString() };
    return told.text;
  };
  const live = () => {
    if (session.closed) throw wasClosed('The store in memory');
  };

  /** Does something as a whole or not at all. */
  const atomically = <T>(act: (undos: Undo[]) => { readonly value: T; readonly keep: boolean }): T => {
    live();
    const undos: Undo[] = [];
    let keep = false;
    try {
      const done = act(undos);
      keep = done.keep;
      return done.value;
    } finally {
      if (!keep) for (const undo of undos.toReversed()) undo();
    }
  };
  const mark = (incarnation: string, to: Session | null) => {
    const agent = tables.agents.get(incarnation);
    if (agent) tables.agents.set(incarnation, { ...agent, mark: to });
  };

  return checkedStore({
    dialect: 'memory',
    ...reads,
    now: async () => now(),
    write: async (write) => {
      try {
        const value = atomically((undos) => {
          const result = applyWrite(tables, write, now(), undos);
          return { value: result, keep: result.status === 'written' };
        });
        return value.status === 'written' ? value : (recordedIn(tables, write) ?? value);
      } catch (error) {
        const found = error instanceof DuplicateEvent ? recordedIn(tables, write) : null;
        if (!found) throw error;
        return found;
      }
    },
    heads: async (names) => {
      live();
      const found = names.flatMap((stream): [string, Head][] => {
        const it = head(stream);
        return it ? [[stream, it]] : [];
      });
      return { heads: new Map(found), now: now() };
    },

    subscription: async (name, start) => {
      live();
      checkNames(name);
      const cursor = tables.cursors.get(name) ?? (start === 'end' ? await reads.end() : origin);
      if (!tables.cursors.has(name)) tables.cursors.set(name, cursor);
      return tables.cursors.get(name) ?? cursor;
    },

    claim: async (query) => {
      checkNames(namesOfClaim(query));
      const won = atomically((undos) => ({ value: applyClaim(tables, query, now(), undos), keep: true }));
      return won.map(({ step, head: kept }) => ({
        step,
        head: head(step.stream) ?? kept,
        workflow: head(streams.workflow(step.workflowId)) ?? null,
      }));
    },
    renew: async (claims, holder, leaseMs) => {
      live();
      const leaseUntil = new Date(memory.now() + leaseMs).toISOString();
      const renewed = new Set<string>();
      for (const { id, token } of claims) {
        const step = tables.steps.get(id);
        if (step?.state !== 'claimed' || step.token !== token || step.holder !== holder) continue;
        tables.steps.set(id, { ...step, leaseUntil }); // no index knows of leases
        renewed.add(id);
      }
      return [...renewed];
    },

    beat: async (agent) => {
      live();
      checkNames(namesOfAgent(agent));
      const before = tables.agents.get(agent.incarnation);
      const { status, load, capabilities, figures } = agent;
      const { figures: _, ...known } = before ?? agent;
      const row = { ...known, status, load, capabilities: [...capabilities], beatAt: now() };
      tables.agents.set(agent.incarnation, {
        ...row,
        ...(figures !== undefined && { figures: plain(figures) }),
        mark: held.has(agent.incarnation) ? session : null,
      });
    },
    forget: async (incarnation) => void tables.agents.delete(incarnation),
    hold: async (incarnation) => {
      live();
      held.add(incarnation);
      mark(incarnation, session);
      return async () => {
        held.delete(incarnation);
        mark(incarnation, null);
      };
    },
    gone: async (incarnations) => incarnations.filter((it) => tables.agents.get(it)?.mark?.closed === true),

    ring: (about = anyRing) => {
      if (session.closed) return;
      for (const [heard, owner] of listeners)
        memory.deliver(() => {
          if (!owner.closed && listeners.has(heard)) heard(about);
        });
    },
    listen: (heard) => {
      // The same function may be given twice.
      const own = (about: RingMask) => heard(about);
      listeners.set(own, session);
      return () => void listeners.delete(own);
    },

    verify: async () => reportNothing('the store in memory is checked by what runs on it'),
    about: async () => {
      const bytes = JSON.stringify([tables.events, [...tables.heads.values()], [...tables.steps.values()]]).length;
      return { database: 'memory', version: `memory ${process.version.slice(1)}`, bytes, schema: 0 };
    },
    close: async () => {
      session.closed = true;
      for (const [heard, owner] of listeners) if (owner === session) listeners.delete(heard);
    },
  });
};
