// How long one decision of the routing takes:  node packages/ollama-bridge/bench/decide.ts [--boxes 16] [--dead 4] [--calls 64]
import { parseArgs } from 'node:util';
import { mayStart } from '../src/routing/may-start.ts';
import { route } from '../src/routing/route.ts';
import { quantile } from '../src/simulation/compare.ts';
import { aBox, aCall, aModel, aPlace, aPool } from '../src/routing/testing.ts';

const { values } = parseArgs({
  options: {
    boxes: { type: 'string', default: '16' },
    dead: { type: 'string', default: '4' },
    calls: { type: 'string', default: '64' },
  },
});
const [boxes, dead, calls] = [Number(values.boxes), Number(values.dead), Number(values.calls)];
const models = ['a', 'b', 'c', 'd', 'e', 'f'].map((digest) => aModel({ name: `${digest}:7b`, digest, size: 5e9 }));
const all = Array.from({ length: boxes }, (_, n) =>
  aBox(`box-${n}`, { tps: 10 + n, models, up: n >= dead, loaded: [] }),
);
const placed = Array.from({ length: calls }, (_, n) =>
  aPlace(`c${n}`, {
    box: `box-${dead + (n % (boxes - dead))}`,
    digest: models[n % 6]?.digest ?? '',
    state: n % 2 ? 'runs' : 'waits',
  }),
);
const pool = aPool(all, placed);
const call = aCall({ candidates: [{ model: 'a:7b' }, { model: 'b:7b' }] });
const took: number[] = [];
for (let n = 0; n < 22_000; n++) {
  const began = performance.now();
  const { chosen } = route(pool, call, { now: 0, random: Math.random });
  const box = all.find(({ name }) => name === chosen?.box);
  if (box) mayStart(box, placed, 0);
  if (n >= 2000) took.push((performance.now() - began) * 1000);
}
const figures = [0.5, 0.99, 0.999].map((share) => `p${share * 100} ${quantile(took, share).toFixed(0)} us`).join(', ');
process.stdout.write(`${boxes} boxes, ${dead} of them away, ${calls} calls placed: ${figures}\n`);
