import type { ApprovalSummary, HiveEvent } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { createKeptTexts, type KeptTexts } from '../../data/kept-texts.ts';
import { inboxOf, type Inbox } from './approvals-model.ts';

const listName = 'approvals';
const patchName = (hash: string): string => `patch/${hash}`;
const most = 100;
/** A patch that is larger is read online only. */
const largestPatch = 2_000_000;

const isAway = (error: unknown): boolean => (error as { code?: string }).code === 'hive.unreachable';

/** What Hive says waits and was decided; without Hive, what it said last. Throws when there is neither. */
export const loadInbox = async (
  desk: Pick<RoomDesk, 'approvals'>,
  kept: KeptTexts = createKeptTexts(),
): Promise<Inbox> => {
  try {
    const [open, all] = await Promise.all([
      desk.approvals({ limit: most }),
      desk.approvals({ state: 'all', limit: 50 }),
    ]);
    const items = [...open.items, ...all.items.filter(({ id }) => !open.items.some((it) => it.id === id))];
    const asOf = Date.now();
    void kept.put(listName, JSON.stringify({ items, asOf })).catch(() => undefined); // nothing is kept here; fine
    const patches = open.items.flatMap(({ document }) => (document?.patch ? [patchName(document.patch)] : []));
    void kept.keepOnly(patchName(''), patches).catch(() => undefined);
    return inboxOf(items, asOf);
  } catch (error) {
    const text = isAway(error) ? await kept.get(listName) : null;
    if (text === null) throw error;
    const { items, asOf } = JSON.parse(text) as { items: ApprovalSummary[]; asOf: number }; // as it was put
    return inboxOf(items, asOf);
  }
};

/** The desk, with the changes that were shown here kept for reading them offline. */
export const readingDesk = (desk: RoomDesk, kept: KeptTexts = createKeptTexts()): RoomDesk => ({
  ...desk,
  artefact: async (hash) => {
    const stored = await kept.get(patchName(hash)).catch(() => null);
    if (stored !== null) return new TextEncoder().encode(stored);
    const bytes = await desk.artefact(hash);
    if (bytes.byteLength <= largestPatch)
      void kept.put(patchName(hash), new TextDecoder().decode(bytes)).catch(() => undefined);
    return bytes;
  },
});

/** The first event that a decision caused; null while there is none. */
export const findConsumed = async (
  desk: Pick<RoomDesk, 'events'>,
  { id, workflowId }: Pick<ApprovalSummary, 'id' | 'workflowId'>,
): Promise<HiveEvent | null> => {
  const decided = (
    await desk.events({ correlationId: workflowId, types: ['approval.decided'], limit: 500 })
  ).items.find((event) => event.type === 'approval.decided' && event.data.approvalId === id);
  if (!decided) return null;
  const { items } = await desk.events({ correlationId: workflowId, after: decided.position, limit: 100 });
  return items.find(({ causationId }) => causationId === decided.id) ?? null;
};
