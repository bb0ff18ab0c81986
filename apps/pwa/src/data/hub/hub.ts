import type { HiveEvent } from '@hive/events';
import { isToHub, letsThrough } from './heard-by-hub.ts';
import { covers, filterKey, unionOf, type FromHub, type LiveFilter, type ToHub } from './hub-messages.ts';
import { createLine, type Frame, type Source } from './line.ts';
import type { LogPages } from './log-pages.ts';

/** Where a tab is told. The same object stands for the same tab. */
export type Port = { post(message: FromHub): void };

/** What the hub needs of the world. */
export type HubOptions = {
  readonly open: (url: string) => Source;
  readonly pages: LogPages;
  readonly online: () => boolean;
};

/** One connection to the log for all tabs of a build. */
export type Hub = {
  /** A tab says something. Whatever no tab of this build would say is passed over. */
  hear(port: Port, message: unknown): void;
  /** A tab has gone. */
  drop(port: Port): void;
  setOnline(online: boolean): void;
};

type Member = { filter: LiveFilter | null; visible: boolean; greeted: boolean; after: number | null };

const refilterMs = 100;
/** Nobody looks: the connection is let go, and resumed when somebody does. */
const hiddenMs = 5 * 60_000;

/** Frames that are told to several tabs with one filter are cut for it once. */
const createCut = (json: string, everything: string) => {
  let events: readonly HiveEvent[] | null = null;
  const made = new Map<string, string | null>();
  return (filter: LiveFilter | null): string | null => {
    const key = filterKey(filter);
    if (key === everything) return json;
    let found = made.get(key);
    if (found === undefined) {
      events ??= JSON.parse(json) as HiveEvent[]; // the server's own events
      const wanted = events.filter((event) => letsThrough(filter, event));
      found = wanted.length === 0 ? null : wanted.length === events.length ? json : JSON.stringify(wanted);
      made.set(key, found);
    }
    return found;
  };
};

/**
 * Follows the log once for all its tabs: it asks for the union of what they want, passes to each what it wants, and resumes by position. A gap
 * is read from the log before the stream goes on from its end, so the position never runs ahead of what was told, and no debt is left when a
 * tab, the hub or the network ends in the middle.
 */
export const createHub = ({ open, pages, online }: HubOptions): Hub => {
  const members = new Map<Port, Member>();
  let asked: LiveFilter | null = { types: [] };
  let position: number | null = null;
  let build = '';
  /** Counts connections; what was begun for an older one has ended. */
  let turn = 0;
  let isOpen = false;
  let refilter: ReturnType<typeof setTimeout> | undefined;
  let hidden: ReturnType<typeof setTimeout> | undefined;

  const tellAll = (message: FromHub) => {
    for (const port of members.keys()) port.post(message);
  };
  const union = () => unionOf([...members.values()].map(({ filter }) => filter));

  const line = createLine({
    open,
    online,
    url: () => streamUrl(asked, position),
    heard: (frame) => hear(frame),
    became: (connection) => tellAll({ hive: 'connection', connection }),
  });

  const connect = () => {
    clearTimeout(refilter);
    refilter = undefined;
    turn += 1;
    isOpen = true;
    asked = union();
    line.connect();
  };
  const close = () => {
    clearTimeout(refilter);
    refilter = undefined;
    turn += 1;
    isOpen = false;
    line.close();
  };

  /** Tells tabs that from now on they are told all that they want; `anew`: all of them, since there was another connection. */
  const greet = ({ missed, anew }: { readonly missed: boolean; readonly anew: boolean }) => {
    if (position === null) return;
    for (const [port, member] of members) {
      if (member.greeted && !anew) continue;
      // A wider filter than before is asked for first.
      if (!covers(asked, member.filter)) continue;
      const known = member.greeted ? !missed : member.after === position && !missed;
      member.greeted = true;
      port.post({ hive: 'hello', missed: !known, build, position });
    }
  };

  const passed = (to: number) => {
    position = to;
    for (const [port, { greeted }] of members) if (greeted) port.post({ hive: 'passed', position: to });
  };
  const pass = (json: string, to: number) => {
    position = to;
    const cut = createCut(json, filterKey(asked));
    for (const [port, { filter, greeted }] of members) {
      if (!greeted) continue;
      const wanted = cut(filter);
      port.post(wanted === null ? { hive: 'passed', position: to } : { hive: 'events', json: wanted, position: to });
    }
  };

  function hear({ name, data, id }: Frame): void {
    switch (name) {
      case 'hello': {
        const { head, build: told } = JSON.parse(data) as { head: number; build: string };
        // A log that is shorter than what was told is another one.
        const missed = position === null || head < position;
        build = told;
        if (missed) position = head;
        return greet({ missed, anew: true });
      }
      case 'events':
        if (id !== null) pass(data, id);
        return;
      case 'beat':
        if (id !== null) passed(id);
        return;
      case 'gap':
        return void fill(JSON.parse(data) as { from: number; to: number });
      case 'bye':
        return;
    }
  }

  /** Reads what the server did not send, then goes on. Where that breaks off, the stream is asked for the rest: it replays from the log. */
  const fill = async ({ from, to }: { readonly from: number; readonly to: number }) => {
    line.close();
    const mine = ++turn;
    try {
      for await (const events of pages(asked, { from, to })) {
        if (turn !== mine) return;
        const last = events.at(-1);
        if (last) pass(JSON.stringify(events), last.position);
      }
      if (turn === mine) passed(to);
    } catch {
      // As said above.
    }
    if (turn === mine) connect();
  };

  const settle = () => {
    const anybody = [...members.values()];
    if (anybody.length === 0) return close();
    if (anybody.some(({ visible }) => visible)) {
      clearTimeout(hidden);
      hidden = undefined;
      if (!isOpen) connect();
    } else
      hidden ??= setTimeout(() => {
        hidden = undefined;
        close();
      }, hiddenMs);
    if (isOpen && filterKey(union()) !== filterKey(asked)) refilter ??= setTimeout(connect, refilterMs);
  };

  const join = (port: Port, { filter, visible, after }: Extract<ToHub, { hive: 'join' }>) => {
    const before = members.get(port);
    if (members.size === 0) position = after;
    // Who wants more than before has not been told of it until it is greeted anew.
    const greeted = before?.greeted === true && covers(before.filter, filter);
    members.set(port, { filter, visible, greeted, after: before && !greeted ? null : after });
    if (!before) {
      port.post({ hive: 'connection', connection: line.connection });
      if (isOpen) line.wake();
    }
    settle();
    if (isOpen && line.connection.state === 'live') greet({ missed: false, anew: false });
  };

  const drop = (port: Port) => {
    if (members.delete(port)) settle();
  };

  return {
    hear: (port, message) => {
      if (!isToHub(message)) return;
      if (message.hive === 'join') join(port, message);
      else if (message.hive === 'leave') drop(port);
      else port.post({ hive: 'pong' });
    },
    drop,
    setOnline: (isOnline) => {
      if (!isOpen) return;
      if (isOnline) line.wake();
      else line.sleep();
    },
  };
};

/** Nobody wants events: the rarest ones are asked for, so that the connection still tells whether the server is there. */
const rarest = 'system.*';

const streamUrl = (filter: LiveFilter | null, after: number | null): string => {
  const query = new URLSearchParams();
  if (filter?.types) query.set('type', filter.types.length === 0 ? rarest : filter.types.join(','));
  if (filter?.correlationId !== undefined) query.set('correlationId', filter.correlationId);
  if (after !== null) query.set('after', String(after));
  return `/api/v1/stream${query.size === 0 ? '' : `?${query.toString()}`}`;
};
