import { shortId, type HiveEvent } from '@hive/events';
import { oneLine } from '../terminal/visible.ts';
import { cut } from '../terminal/width.ts';

const told = [
  'key',
  'agent',
  'step',
  'attempt',
  'code',
  'reason',
  'decision',
  'role',
  'asked',
  'outcome',
  'from',
  'to',
  'because',
  'branch',
  'goal',
  'author',
  'count',
  'merged',
] as const;

/** The few fields of an event that a person looks for, on one line. */
export const eventText = (event: HiveEvent): string => {
  const data = event.data as Readonly<Record<string, unknown>>; // every payload is an object
  // Of other events it is the key of something that nobody reads.
  const key = event.type === 'task.created' ? event.data.spec.key : null;
  const fields = told
    .map((name) => [name, name === 'key' ? key : data[name]] as const)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([name, value]) => `${name}=${cut(oneLine(String(value)), 60)}`);
  return fields.join(' ');
};

/** The stream of an event with its id in short: `task/1a2b3c4d`. */
export const streamText = ({ stream }: Pick<HiveEvent, 'stream'>): string => {
  const slash = stream.indexOf('/');
  if (slash < 0) return oneLine(stream);
  const id = stream.slice(slash + 1);
  return oneLine(`${stream.slice(0, slash)}/${/^[0-9a-f-]{36}$/.test(id) ? shortId(id) : cut(id, 24)}`);
};
