import { readFileSync, writeFileSync } from 'node:fs';
import type { Move } from '@hive/bus';
import type { HiveEvent, PlannedTask } from '@hive/events';

/** A recorded trace: what happened, what the queen decided about it, and what it all folded to. */
export type RecordedTrace = {
  readonly name: string;
  readonly says: string;
  /** The Hive that wrote the events. */
  readonly hive: string;
  readonly lines: readonly RecordedLine[];
  /** The fold of each stream at the end. */
  readonly views: Readonly<Record<string, unknown>>;
};

/** An event as it was stored, and the moves that followed from it; `plan` is the artefact that it names. */
export type RecordedLine = {
  readonly event: HiveEvent;
  readonly plan?: readonly PlannedTask[];
  readonly decided?: readonly Move[];
};

/** Reads a trace: its name first, a line for each event, its folds last. */
export const readTrace = (file: string): RecordedTrace => {
  const [first, ...rest] = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  const last = rest.pop();
  // Written by `writeTrace`, and held against today's schemas by the test that replays it.
  return {
    ...(first as Pick<RecordedTrace, 'name' | 'says' | 'hive'>),
    lines: rest as RecordedLine[],
    views: (last as Pick<RecordedTrace, 'views'>).views,
  };
};

export const writeTrace = (file: string, { lines, views, ...first }: RecordedTrace): void =>
  writeFileSync(file, [first, ...lines, { views }].map((line) => `${JSON.stringify(line)}\n`).join(''));
