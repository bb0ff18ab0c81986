import { clock } from './clock.ts';
import { contenderOf } from './contenders.ts';
import type { WorkerOrder, WorkerWord } from './processes.ts';

// A process of its own that works on a contender's tasks, or follows what it records, and tells its parent what it did.
const order = JSON.parse(process.argv[2] ?? '{}') as WorkerOrder;
const say = (word: WorkerWord): void => void process.send?.(word);
const contender = await contenderOf(order.contender);
process.on('disconnect', () => process.exit(0));

const seen = new Set<number>();
const held = new Map<number, () => void>();
let calls = 0;
let firstAt = 0;
let heard = 0;

const handle = (n: number): Promise<void> | void => {
  const at = clock();
  calls += 1;
  if (calls === 1) firstAt = at;
  seen.add(n);
  if (order.tells === 'each') say({ is: 'started', n, at });
  if (order.expect === seen.size) say({ is: 'reached', firstAt });
  if (order.holds) return new Promise((release) => held.set(n, release));
};

const running =
  order.role === 'follow'
    ? await contender.follow?.(order.place, () => (heard += 1))
    : await contender.work(order.place, order.mode, handle);

process.on(
  'message',
  (wish: { readonly verb: 'release'; readonly n: number } | { readonly verb: 'report' | 'stop' }) => {
    if (wish.verb === 'release') held.get(wish.n)?.();
    if (wish.verb === 'report') say({ is: 'report', calls, distinct: seen.size, heard });
    if (wish.verb === 'stop') void Promise.resolve(running?.stop()).finally(() => process.exit(0));
  },
);
say({ is: 'ready' });
