import { failpoints } from '@hive/failpoints';
import { chaos, startGreetingModel, violationsOf, type ChaosDocument } from '../chaos.ts';
import type { Mode, Outcome } from '../row.ts';

export const id = 'R1';
export const title = 'kill -9 at every failpoint of every kind of process';

/** Two buildings at once: while one waits for a restart the other works. The full run kills in the bundled example too. */
const runsOf = (mode: Mode, model: string): readonly (readonly string[])[] => {
  const every = ['--plan', 'every', '--workflow', 'small'];
  if (mode === 'quick')
    return [
      [...every, '--kills', '60', '--model', model],
      [...every, '--kills', '50', '--from', '60', '--model', model],
    ];
  return [
    [...every, '--kills', '400', '--model', model],
    ['--plan', 'random', '--seed', '1', '--kills', '400'],
    [...every, '--kills', '300', '--from', '400', '--model', model],
  ];
};

/** One line for each place and kind of process, summed up over the runs. */
const placesOf = (found: readonly ChaosDocument[]) =>
  [
    ...Map.groupBy(
      found.flatMap((it) => it.places),
      ({ role, name }) => `${role} ${name}`,
    ).values(),
  ].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { role, name } = first;
    return [
      {
        role,
        name,
        struck: group.reduce((sum, it) => sum + it.struck, 0),
        passed: group.reduce((sum, it) => sum + it.passed, 0),
      },
    ];
  });

/** Kills processes at named places until every place was passed and the count is reached; a place that nobody passed is a violation. */
export const run = async (mode: Mode): Promise<Outcome> => {
  const began = Date.now();
  const model = await startGreetingModel();
  try {
    const found: ChaosDocument[] = [];
    const waiting = [...runsOf(mode, model.ref)];
    const slot = async (): Promise<void> => {
      for (let args = waiting.shift(); args; args = waiting.shift()) found.push(await chaos(args, model.env));
    };
    await Promise.all([slot(), slot()]);
    const broken = found.flatMap(violationsOf);
    const dead = Object.keys(failpoints).filter(
      (name) => !found.some((it) => it.places.some((place) => place.name === name)),
    );
    const kills = found.reduce((sum, { carriedOut: { kill, group, child } }) => sum + kill + group + child, 0);
    const total = (of: (it: ChaosDocument) => number) => found.reduce((sum, it) => sum + of(it), 0);
    const struck = new Set(
      found.flatMap((it) => it.places.filter((place) => place.struck > 0).map(({ role, name }) => `${role} ${name}`)),
    );
    return {
      runs: kills,
      interrupted: total((it) => it.interrupted),
      violations: broken.length + dead.length,
      seeds: mode === 'full' ? '1' : '',
      ms: Date.now() - began,
      store: 'sqlite',
      notes: [
        `${struck.size} pairs of process and place in ${total((it) => it.workflows)} workflows, ${total((it) => it.repeated)} claims repeated`,
        ...dead.map((name) => `${name} was never passed`),
        ...broken.slice(0, 5),
      ].join('; '),
      details: placesOf(found),
    };
  } finally {
    await model.stop();
  }
};
