/** `node main.ts --seed N [--without 1,3]` tells one run; `--seeds COUNT [--from N] [--processes P]` makes many and answers JSON. */
import { parseArgs } from 'node:util';
import { manySeeds } from './many.ts';
import { tellSeed } from './tell.ts';
import { fromTimer } from './time.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    without: { type: 'string' },
    seeds: { type: 'string' },
    from: { type: 'string' },
    processes: { type: 'string' },
  },
});
const number = (text: string | undefined, otherwise: number): number => (text === undefined ? otherwise : Number(text));

if (values.seed !== undefined) {
  const [seed, without] = [Number(values.seed), (values.without ?? '').split(',').filter(Boolean).map(Number)];
  process.exitCode = (await fromTimer(() => tellSeed(seed, without))) ? 1 : 0;
} else
  await manySeeds({
    count: number(values.seeds, 1000),
    from: number(values.from, 1),
    processes: number(values.processes, 2),
  });
