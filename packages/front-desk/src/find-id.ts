import type { Head, Store } from '@hive/core-db';
import { HiveError } from '@hive/errors';
import { Id, shortId, type Views } from '@hive/events';

type Kind = 'workflow' | 'task' | 'schedule' | 'approval';
type HeadOf<K extends Kind> = Omit<Head, 'view'> & { readonly view: Views[K] };

/**
 * The head of the workflow, task, schedule or approval that a whole id or a unique ending means; `last` is the newest workflow.
 * Throws `input.unknown_id` when there is none, or more than one.
 */
export const findHead = async <K extends Kind>(store: Store, kind: K, text: string): Promise<HeadOf<K>> => {
  const ending = text.trim().toLowerCase();
  const heads = await candidates(store, kind, ending);
  const [head, another] = heads;
  if (!head)
    throw new HiveError(
      'input.unknown_id',
      ending === 'last' && kind === 'workflow'
        ? 'There is no workflow yet'
        : `There is no ${kind} ${text}; ${listing[kind]}`,
      {
        details: { kind, id: text },
      },
    );
  if (another)
    throw new HiveError(
      'input.unknown_id',
      `${text} could be ${heads.map((it) => it.id.slice(-12)).join(' or ')}; give more of the id's last characters`,
      { details: { kind, id: text, candidates: heads.map((it) => it.id) } },
    );
  return head as HeadOf<K>; // heads of a kind are made by that kind's fold
};

const listing = {
  workflow: 'hive ls shows them all',
  task: 'hive tasks shows them all',
  schedule: 'hive schedules shows them all',
  approval: 'hive approvals shows them all',
};

const candidates = async (store: Store, kind: Kind, ending: string): Promise<readonly Head[]> => {
  if (ending === 'last' && kind === 'workflow') return store.listHeads({ kind, limit: 1 });
  if (Id.safeParse(ending).success) {
    const head = (await store.heads([`${kind}/${ending}`])).heads.get(`${kind}/${ending}`);
    return head ? [head] : [];
  }
  if (!/^[0-9a-f-]{1,36}$/.test(ending)) return [];
  return store.listHeads({ kind, ending, limit: 3 });
};

/** How an id is named in a sentence. */
export const called = (head: { readonly id: string }): string => shortId(head.id);
