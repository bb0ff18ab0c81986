import {
  isModelAuthor,
  nextTaskState,
  taskStates,
  type HiveEvent,
  type TaskCard,
  type TaskCounts,
  type TaskState,
} from '@hive/events';

/** A column of the board. `types` are the events by which tasks come into it. */
export type Lane = {
  readonly id: 'waiting' | 'ready' | 'claimed' | 'checking' | 'reviewing' | 'merging' | 'done' | 'failed';
  readonly name: string;
  readonly states: readonly TaskState[];
  readonly types: readonly string[];
  /** What stands there, for a column that is empty. */
  readonly about: string;
};

/** The columns, in the order of a task's life. */
export const lanes: readonly Lane[] = [
  {
    id: 'waiting',
    name: 'Waiting',
    states: ['pending', 'waiting'],
    types: ['task.created', 'task.escalated'],
    about: 'Tasks that need others first, or a person',
  },
  { id: 'ready', name: 'Ready', states: ['ready'], types: ['task.ready'], about: 'Tasks that nobody has taken yet' },
  { id: 'claimed', name: 'Claimed', states: ['working'], types: ['task.claimed'], about: 'Tasks that are worked on' },
  {
    id: 'checking',
    name: 'Checking',
    states: ['submitted'],
    types: ['task.submitted'],
    about: 'Changes whose checks run or are due',
  },
  {
    id: 'reviewing',
    name: 'Reviewing',
    states: ['checked'],
    types: ['task.checked'],
    about: 'Checked changes that are reviewed',
  },
  {
    id: 'merging',
    name: 'Merging',
    states: ['reviewed'],
    types: ['task.review_completed'],
    about: 'Reviewed changes that are merged next',
  },
  {
    id: 'done',
    name: 'Done',
    states: ['merged', 'completed'],
    types: ['task.merged', 'task.completed'],
    about: 'Merged changes and commands that are through',
  },
  {
    id: 'failed',
    name: 'Failed or cancelled',
    states: ['refused', 'failed', 'blocked', 'dead_lettered', 'cancelled'],
    types: ['task.refused', 'task.failed', 'task.blocked', 'task.dead_lettered', 'task.cancelled'],
    about: 'Tasks that ended without a merge',
  },
];

/** What the board knows: cards by id, how far each column was read (null: to its end), and the counts of the server. */
export type Board = {
  readonly cards: ReadonlyMap<string, TaskCard>;
  readonly next: Readonly<Record<Lane['id'], string | null>>;
  readonly counts: Readonly<Record<string, number>>;
};

/** The lane of a state. */
export const laneOf = (state: TaskState): Lane => lanes.find(({ states }) => states.includes(state)) ?? lanes[0]!;

/** How many tasks are in a column, whether or not their cards were read. */
export const countOf = (board: Board, lane: Lane): number =>
  lane.states.reduce((sum, state) => sum + (board.counts[state] ?? 0), 0);

/** Which cards are shown: `author` is the kind of the author, `model` for any model. */
export type CardFilter = { readonly text: string; readonly author: string };

const authorKind = (author: string | null): string =>
  author === null ? '' : isModelAuthor(author) ? 'model' : (author.split(':')[0] ?? '');

const fits = (card: TaskCard, { text, author }: CardFilter): boolean =>
  (author === '' || authorKind(card.author) === author) &&
  text
    .toLowerCase()
    .split(/\s+/)
    .every((word) =>
      `${card.key} ${card.title} ${card.goal} ${card.code ?? ''} ${card.id}`.toLowerCase().includes(word),
    );

/** The cards of a column that fit, newest first, and how many of those that were read do not. */
export const cardsOf = (
  board: Board,
  lane: Lane,
  filter: CardFilter,
): { readonly cards: readonly TaskCard[]; readonly hidden: number } => {
  const all = [...board.cards.values()].filter(({ state }) => lane.states.includes(state));
  const cards = all.filter((card) => fits(card, filter)).sort((a, b) => (a.id < b.id ? 1 : -1));
  return { cards, hidden: all.length - cards.length };
};

/** Which columns have anything that has to be read. */
export const fullLanes = ({ counts }: TaskCounts): readonly Lane[] =>
  lanes.filter(({ states }) => states.some((state) => (counts[state] ?? 0) > 0));

const isState = (text: string): text is TaskState => (taskStates as readonly string[]).includes(text);

const statusOf = (state: TaskState): TaskCard['status'] => (state === 'dead_lettered' ? 'failed' : state);

/**
 * The board after more events: cards move, counts follow. `unknown` is true where an event was about a task whose card was not read: then
 * counts have to be asked for again. An event that the board knows already changes nothing, because it does not fit the state.
 */
export const foldBoard = (
  board: Board,
  events: readonly HiveEvent[],
): { readonly board: Board; readonly unknown: boolean } => {
  const cards = new Map(board.cards);
  const counts: Record<string, number> = { ...board.counts };
  let unknown = false;
  for (const event of events) {
    const card = cards.get(event.stream.replace(/^task\//, ''));
    if (!card) {
      unknown ||= event.type.startsWith('task.') && event.stream.startsWith('task/');
      continue;
    }
    if (event.at < card.changedAt) continue;
    const state = nextTaskState(card.state, event);
    if (state === null) continue;
    if (state !== card.state && isState(state)) {
      counts[card.state] = Math.max(0, (counts[card.state] ?? 0) - 1);
      counts[state] = (counts[state] ?? 0) + 1;
    }
    cards.set(card.id, moved(card, event, state));
    if (state === 'merged' || state === 'completed') unblock(cards, card.id);
  }
  return { board: { ...board, cards, counts }, unknown };
};

const moved = (card: TaskCard, event: HiveEvent, state: TaskState): TaskCard => {
  const next = {
    ...card,
    state,
    status: state === card.state ? card.status : statusOf(state),
    agent: state === 'working' ? card.agent : null,
    blockedBy: state === 'pending' ? card.blockedBy : [],
    changedAt: event.at,
  };
  switch (event.type) {
    case 'task.claimed':
      return state === 'working' ? { ...next, agent: event.data.agent } : next;
    case 'task.submitted':
      return { ...next, author: event.data.author, code: null, reason: null };
    case 'task.attempt_failed':
      // The same event again has the same moment.
      return {
        ...next,
        attempts: card.attempts + (event.at > card.changedAt ? 1 : 0),
        code: event.data.code,
        reason: event.data.reason.slice(0, 300),
      };
    case 'task.refused':
    case 'task.failed':
    case 'task.blocked':
    case 'task.dead_lettered':
      return { ...next, code: event.data.code, reason: event.data.reason.slice(0, 300) };
    case 'task.merged':
    case 'task.completed':
    case 'task.cancelled':
    case 'task.redriven':
      return { ...next, code: null, reason: null };
    default:
      return next;
  }
};

const unblock = (cards: Map<string, TaskCard>, need: string): void => {
  for (const [id, card] of cards)
    if (card.blockedBy.some((it) => it.id === need))
      cards.set(id, { ...card, blockedBy: card.blockedBy.filter((it) => it.id !== need) });
};
