import { shortId } from '@hive/events';
import { addressWith } from '../../../app/address.ts';
import { toast } from '../../../ui/toast.ts';
import { rowLine } from './row-words.ts';
import type { WaterfallState } from './waterfall-state.ts';

/** Copies the address that shows a row, or what it says in one line with the command that shows its trace; says that it did. */
export const copyRow = async (what: 'link' | 'text', { store, now }: WaterfallState, row: number): Promise<void> => {
  if (row < 0) return;
  const text =
    what === 'link'
      ? new URL(addressWith({ sel: store.idOf(row) }), location.href).href
      : `${rowLine(store, row, now)}  hive trace ${shortId(store.correlationId)}`;
  await navigator.clipboard.writeText(text);
  toast(what === 'link' ? 'Copied the link' : 'Copied the row');
};
