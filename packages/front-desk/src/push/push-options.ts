import { HiveError } from '@hive/errors';
import type { SubmitRequest } from '@hive/events';

/** What `git push -o` may say: the options of `hive submit` that a change needs. */
export type PushedOptions = Pick<SubmitRequest, 'goal' | 'checks' | 'setup' | 'into' | 'redBefore'>;

const names = ['goal', 'check', 'setup', 'into', 'red-before'] as const;

/** Reads `name=value` texts. Throws `input.invalid` with a sentence for who pushes. */
export const readPushOptions = (texts: readonly string[]): Partial<PushedOptions> => {
  const given = Map.groupBy(texts.map(split), ([name]) => name);
  const last = (name: (typeof names)[number]) => given.get(name)?.at(-1)?.[1];
  const checks = given.get('check')?.map(([, value]) => value);
  const [goal, setup, into, redBefore] = [last('goal'), last('setup'), last('into'), last('red-before')];
  if (redBefore !== undefined && redBefore !== 'not-needed')
    throw invalid(`-o red-before takes not-needed, and found ${redBefore}`);
  return {
    ...(goal !== undefined && { goal }),
    ...(checks && { checks }),
    ...(setup !== undefined && { setup }),
    ...(into !== undefined && { into }),
    ...(redBefore !== undefined && { redBefore: 'not_needed' as const }),
  };
};

const split = (text: string): readonly [name: string, value: string] => {
  const [, name = '', value = ''] = /^([a-z-]+)=(.*)$/s.exec(text) ?? [];
  if (value.trim() !== '' && (names as readonly string[]).includes(name)) return [name, value];
  throw invalid(`git push -o takes ${names.map((it) => `${it}=…`).join(', ')}, and found ${text}`);
};

const invalid = (message: string) => new HiveError('input.invalid', message);
