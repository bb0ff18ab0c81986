import type { DeadLetter, DeadLetterFilter, DeadLetterOutcome } from '@hive/events';
import { count } from '../../ui/duration.ts';

/** The two things that can be done with what was given up. */
export type LetterVerb = 'redrive' | 'discard';

/** The condition that an address holds: kind, subscription, workflow, code. */
export const letterFilterOf = (search: URLSearchParams): DeadLetterFilter => {
  const kind = search.get('kind');
  const text = (name: 'subscription' | 'workflow' | 'code') => {
    const value = search.get(name) ?? '';
    return value === '' ? {} : { [name]: value };
  };
  return {
    ...((kind === 'event' || kind === 'task') && { kind }),
    ...text('subscription'),
    ...text('workflow'),
    ...text('code'),
  };
};

const verbs = { redrive: 'Re-drive', discard: 'Discard' } as const;

/** Says before it is done what a verb does to one letter. */
export const aboutOne = (verb: LetterVerb, letter: DeadLetter) => {
  const said = {
    event: {
      redrive: `${letter.subscription ?? 'The subscription'} handles ${letter.what} once more. If it fails again, it comes back here.`,
      discard: `${letter.subscription ?? 'The subscription'} never handles ${letter.what}. The event stays in the log.`,
    },
    task: {
      redrive: `“${letter.what}” begins anew, with all its attempts. Tasks that it had blocked follow.`,
      discard: `“${letter.what}” ${letter.status === 'failed' ? 'stays failed' : 'is cancelled'} and leaves this list. It can be retried later.`,
    },
  }[letter.kind][verb];
  return { heading: `${verbs[verb]} this ${letter.kind}?`, action: `${verbs[verb]} it`, said };
};

/** Says before it is done what a verb does to all that fit; `found` is what a dry run answered. */
export const aboutAll = (verb: LetterVerb, { items, left }: Pick<DeadLetterOutcome, 'items' | 'left'>) => {
  const of = (kind: DeadLetter['kind']) => items.filter((item) => item.kind === kind).length;
  const parts = [
    ...(of('event') > 0 ? [count(of('event'), 'event')] : []),
    ...(of('task') > 0 ? [count(of('task'), 'task')] : []),
  ];
  const more = left ? ' More of them fit and stay; do it again for those.' : '';
  const effect =
    verb === 'redrive'
      ? 'Events are handled once more, tasks begin anew.'
      : 'Events are not handled any more and stay in the log; tasks that were given up are cancelled, failed ones stay failed.';
  return {
    heading: `${verbs[verb]} ${count(items.length, 'dead letter')}?`,
    action: `${verbs[verb]} ${items.length}`,
    said: `${parts.join(' and ')}. ${effect}${more}`,
  };
};

/** What came of it, in a sentence. */
export const outcomeWords = (verb: LetterVerb, { items, skipped, left }: DeadLetterOutcome): string => {
  const done = verb === 'redrive' ? 're-driven' : 'discarded';
  const not = skipped[0] ? ` ${count(skipped.length, 'letter')} left as they are: ${skipped[0].reason}.` : '';
  return `${count(items.length, 'dead letter')} ${done}.${not}${left ? ' More fit.' : ''}`;
};
