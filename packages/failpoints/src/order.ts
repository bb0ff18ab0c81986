import { HiveError } from '@hive/errors';
import { failpoints, isFailpointName, type FailpointName } from './names.ts';

/** What happens at a failpoint: SIGKILL or SIGSTOP to itself, an error that nobody expects, waiting for ever or for a while, a full disk. */
export type Action =
  { readonly kind: 'kill' | 'stop' | 'throw' | 'hang' | 'enospc' } | { readonly kind: 'delay'; readonly ms: number };

/** Do this when the name is reached for the `hit`-th time. */
export type Order = { readonly name: FailpointName; readonly action: Action; readonly hit: number };

const longestDelayMs = 3_600_000;

/** Reads `name=action@hit;…`, where `@hit` defaults to the first. Throws `config.invalid` with a sentence that names the part. */
export const parseOrders = (text: string): readonly Order[] =>
  text
    .split(';')
    .map((part) => part.trim())
    .filter(Boolean)
    .map(parseOrder);

/** An order as {@link parseOrders} reads it. */
export const formatOrder = ({ name, action, hit }: Order): string =>
  `${name}=${action.kind === 'delay' ? `delay:${action.ms}` : action.kind}@${hit}`;

const parseOrder = (part: string): Order => {
  const [, name = '', action = '', hit = '1'] = /^([\w.]+)=([a-z]+(?::\d+)?)(?:@(\d+))?$/.exec(part) ?? [];
  if (!isFailpointName(name)) throw invalid(part, `there is no such failpoint; ${Object.keys(failpoints).join(', ')}`);
  if (!(Number(hit) >= 1)) throw invalid(part, 'hits are counted from 1');
  return { name, action: actionOf(action, part), hit: Number(hit) };
};

const actionOf = (text: string, part: string): Action => {
  const [kind, ms] = text.split(':');
  if (kind === 'delay') {
    if (ms === undefined || Number(ms) > longestDelayMs) throw invalid(part, 'a delay is written as delay:250 (ms)');
    return { kind, ms: Number(ms) };
  }
  const isPlain = kind === 'kill' || kind === 'stop' || kind === 'throw' || kind === 'hang' || kind === 'enospc';
  if (!isPlain || ms !== undefined)
    throw invalid(part, 'an action is kill, stop, throw, hang, enospc or delay:<milliseconds>');
  return { kind };
};

const invalid = (part: string, why: string): HiveError =>
  new HiveError('config.invalid', `HIVE_FAILPOINTS: "${part}": ${why}`, { remedy: 'fix_config' });
