import type { Item } from './stock.ts';

/** Caps in bytes, and how long a failed task keeps its worktree. */
export type Limits = {
  readonly worktreesBytes: number;
  readonly failedMs: number;
  readonly cachesBytes: number;
  readonly mirrorsBytes: number;
  readonly logsBytes: number;
};

/** What the store says about those whom things belong to. */
export type Belongings = {
  /** Incarnations that are not known to be gone. */
  readonly alive: ReadonlySet<string>;
  /** Short names of the mirrors of repositories with open workflows. */
  readonly openMirrors: ReadonlySet<string>;
  /** By task; one that the store does not know is missing. `settledAt` is null while it is open. */
  readonly tasks: ReadonlyMap<string, { readonly failed: boolean; readonly settledAt: number | null }>;
};

/** Something that goes or stays, and why. */
export type Choice = { readonly item: Item; readonly because: string };

/** What goes and what stays, each in the order of the stock. */
export type Chosen = { readonly go: readonly Choice[]; readonly stay: readonly Choice[] };

const hourMs = 3_600_000;
const dayMs = 86_400_000;

type Rule = (item: Item) => { readonly go: boolean; readonly because: string };

const go = (because: string) => ({ go: true, because });
const stay = (because: string) => ({ go: false, because });

/** Decides what is removed. Pure. Nothing goes that a process is at, that an open workflow needs, or that was used within the hour. */
export const chooseGarbage = (
  stock: readonly Item[],
  { alive, openMirrors, tasks }: Belongings,
  { limits, now }: { readonly limits: Limits; readonly now: number },
): Chosen => {
  const of = (...kinds: readonly Item['kind'][]) => stock.filter((item) => kinds.includes(item.kind));
  const isFresh = (item: Item) => now - item.usedAt < hourMs;

  const worktrees: Rule = (item) =>
    item.isInUse || alive.has(item.name) ? stay('a process works in it') : go('its process is gone');
  const kept: Rule = ({ name, usedAt }) => {
    const task = tasks.get(name);
    if (task === undefined) return go('its task is not in the store');
    if (task.settledAt === null) return stay('its task is not over');
    if (!task.failed) return go('its task has ended');
    return now - Math.max(usedAt, task.settledAt) >= limits.failedMs
      ? go('its task failed long enough ago')
      : stay('its task failed, and somebody may want to look');
  };
  const caches: Rule = (item) => {
    if (item.isInUse) return stay('a worktree uses it');
    if (isFresh(item)) return stay('it was used within the hour');
    return item.isWhole ? stay('it saves a setup') : go('it never came to its end');
  };
  const mirrors: Rule = (item) => {
    if (openMirrors.has(item.name)) return stay('a workflow of its repository is open');
    return stay(isFresh(item) ? 'it was used within the hour' : 'it saves copying the repository');
  };
  const scratch: Rule = (item) => {
    if (item.path.includes('/trash/')) return go('it was removed already, but for its files');
    return now - item.usedAt >= dayMs ? go('nobody came back for it') : stay('somebody may be at it');
  };
  const anything: Rule = () => stay('there is room for it');

  const live = sum(of('worktrees').filter((item) => !worktrees(item).go));
  const chosen = [
    ...of('worktrees').map(by(worktrees)),
    ...downTo(limits.worktreesBytes - live, of('kept').map(by(kept)), (item) => tasks.get(item.name)?.settledAt ?? now),
    ...downTo(limits.cachesBytes, of('cache').map(by(caches)), leastUsed, (item) => !item.isInUse && !isFresh(item)),
    ...downTo(
      limits.mirrorsBytes,
      of('mirror').map(by(mirrors)),
      leastUsed,
      (item) => !openMirrors.has(item.name) && !isFresh(item),
    ),
    // What was turned over goes before what is written now.
    ...downTo(limits.logsBytes, of('log').map(by(anything)), (item) => item.usedAt + (isTurned(item) ? -now : 0)),
    ...of('scratch').map(by(scratch)),
  ];
  return { go: chosen.filter((choice) => choice.go), stay: chosen.filter((choice) => !choice.go) };
};

/** True for a log that is not written any more. */
export const isTurned = ({ name }: Pick<Item, 'name'>): boolean => !name.endsWith('.log');

type Ruled = Choice & { readonly go: boolean };

const by =
  (rule: Rule) =>
  (item: Item): Ruled => ({ item, ...rule(item) });

const sum = (items: readonly Item[]): number => items.reduce((total, { bytes }) => total + bytes, 0);

const leastUsed = (item: Item): number => item.usedAt;

/** Lets more go, lowest `rank` first, until what stays fits under the cap. What `mayGo` refuses stays in any case. */
const downTo = (
  capBytes: number,
  choices: readonly Ruled[],
  rank: (item: Item) => number,
  mayGo: (item: Item) => boolean = () => true,
): Ruled[] => {
  let over = sum(choices.filter((choice) => !choice.go).map(({ item }) => item)) - capBytes;
  const extra = new Set<Item>();
  for (const { item } of choices
    .filter((choice) => !choice.go && mayGo(choice.item))
    .toSorted((a, b) => rank(a.item) - rank(b.item) || a.item.usedAt - b.item.usedAt)) {
    if (over <= 0) break;
    extra.add(item);
    over -= item.bytes;
  }
  return choices.map((choice) =>
    extra.has(choice.item) ? { item: choice.item, ...go('it is over the cap, and the oldest') } : choice,
  );
};
