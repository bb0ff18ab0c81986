import type { Result } from '@hive/events';
import { count } from '../../ui/duration.ts';

const grouped = new Intl.NumberFormat('en');

/** What calls to models cost, in words; what was not reported is said to be. */
export const costWords = ({ costUsd }: Result['usage']): string =>
  costUsd === null ? 'price not reported' : costUsd === 0 ? 'no charge' : `$${costUsd.toFixed(2)}`;

/** What calls to models took, in a line. */
export const usageWords = (usage: Result['usage']): string =>
  usage.calls === 0
    ? 'no model was called'
    : `${count(usage.calls, 'call')}, ${grouped.format(usage.input)} in, ${grouped.format(usage.output)} out, ${costWords(usage)}`;
