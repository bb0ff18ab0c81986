/**
 * Judges the judge: takes a folder of exercises through the whole building and says whether each reference solution was merged, each stub refused
 * with the failing check named, and how many small mistakes in the solutions the checks reject.
 *
 *     node tools/exercises/main.ts FOLDER [--mutants SECONDS] [--second-opinion never|models|always]
 *
 * FOLDER has a folder for each exercise: `check` (one command, run where stub or solution and tests lie together), `stub/`, `tests/`, `solution/`.
 * `--mutants` gives that many seconds to the mutants of each solution; without it none are tried. Exits with 1 when something was not as it has to be.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Result } from '@hive/events';
import { readExercises } from './exercise.ts';
import { reportOf, type Round } from './report.ts';
import { makeRepository, type Part } from './repository.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { mutants: { type: 'string', default: '0' }, 'second-opinion': { type: 'string', default: 'always' } },
});
const [from] = positionals;
if (from === undefined) throw new Error('Name the folder of the exercises');

const exercises = await readExercises(resolve(from));
const folder = await mkdtemp(join(tmpdir(), 'hive-exercises-'));
const home = join(folder, 'home');
const proof = { secondOpinion: values['second-opinion'], mutants: { budgetS: Number(values.mutants) } };

/** The command as a user gives it: it starts the building and stops it. */
const hive = (root: string, plan: string, part: Part): Promise<Result> =>
  new Promise((done, fail) =>
    execFile(
      join(import.meta.dirname, '../../hive'),
      ['run', `Hand in each ${part}`, '--repo', root, '--plan', plan, '--json'],
      { env: { ...process.env, HIVE_HOME: home, HIVE_PORT: '0' }, maxBuffer: 256 * 1024 * 1024 },
      (error, stdout, stderr) => {
        // What was refused ends with 1 too; an error is a document of another shape.
        if (stdout.includes('"workflow":')) done(JSON.parse(stdout) as Result);
        else fail(new Error(`hive run did not end as it should: ${stderr || stdout}`, { cause: error }));
      },
    ),
  );

try {
  await mkdir(home);
  await writeFile(join(home, 'hive.yaml'), JSON.stringify({ hive: { policies: { proof } } }));
  const { root, planOf } = await makeRepository(folder, exercises);
  const rounds: Round[] = [];
  for (const part of ['stub', 'solution'] as const) {
    const plan = await planOf(part);
    const started = performance.now();
    const result = await hive(root, plan, part);
    rounds.push({ part, result, seconds: (performance.now() - started) / 1000 });
  }
  const { lines, isGood } = reportOf(rounds);
  const load = loadavg().map((it) => it.toFixed(1));
  console.log([...lines, `on ${availableParallelism()} processors, load ${load.join(' ')}`].join('\n'));
  process.exitCode = isGood ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
