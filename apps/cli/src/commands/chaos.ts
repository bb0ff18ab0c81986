import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChaosReport } from '../chaos/run-chaos.ts';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { logPath } from '../supervisor/log-file.ts';
import { count, duration } from '../terminal/figures.ts';
import { table } from '../terminal/table.ts';
import { oneLine } from '../terminal/visible.ts';
import { numberOf } from './number-of.ts';

type Options = {
  readonly kills?: string;
  readonly minutes?: string;
  readonly seed?: string;
  readonly database?: string;
  readonly plan?: string;
  readonly workflow?: string;
  readonly model?: string;
  readonly reviewer?: string;
  readonly from?: string;
};

export const chaos = defineCommand<Options>({
  name: 'chaos',
  says: 'Run the example in a home of its own while processes are killed, and count what was lost or doubled',
  options: [
    { flags: '--kills <n>', says: 'how many kills (default: 30)' },
    { flags: '--minutes <n>', says: 'go on killing for so long' },
    { flags: '--seed <n>', says: 'the same seed kills the same processes at the same places (default: by the clock)' },
    { flags: '--database <url>', says: 'an empty PostgreSQL database to run on (default: SQLite)' },
    { flags: '--plan <kind>', says: 'random, every or pauses', hidden: true },
    { flags: '--workflow <kind>', says: 'example, small or commands', hidden: true },
    { flags: '--from <n>', says: 'leave out the first n strikes of the plan', hidden: true },
    { flags: '--model <ref>', says: 'a double of a model that is asked in every second workflow', hidden: true },
    { flags: '--reviewer <ref>', says: 'another one, that reviews what it wrote', hidden: true },
  ],
  examples: ['hive chaos', 'hive chaos --minutes 10 --seed 7 --json'],
  run: async (cli, _, options) => {
    const { out } = cli;
    const { model, reviewer, database } = options;
    const { planOf, scenarioOf } = await import('../chaos/kinds.ts');
    const { modelWorkflow } = await import('../chaos/scenario.ts');
    const { runChaos } = await import('../chaos/run-chaos.ts');
    const { chaosFolders } = await import('../chaos/temporary-building.ts');
    const limit = limitOf(options);
    const seed = numberOf('--seed', options.seed) ?? Date.now() % 1_000_000;
    const plan = planOf(options.plan ?? 'random', { seed, withModel: model !== undefined });
    const from = numberOf('--from', options.from) ?? 0;
    const scenario = scenarioOf(options.workflow ?? 'example', cli.root, cli.env);
    const folder = await mkdtemp(join(tmpdir(), 'hive-chaos-'));
    let isWanted = false;
    out.note(`Killing processes of a Hive of its own in ${folder}; yours is left alone (seed ${seed})`);
    try {
      const report = await runChaos({
        env: cli.env,
        folder,
        scenarios: [scenario, ...(model === undefined ? [] : [modelWorkflow(model, cli.env)])],
        configuration: model === undefined ? null : withModels(reviewer),
        database,
        leaseMs: plan.leaseMs,
        strikes: plan.strikes.drop(from),
        limit,
        interrupted: cli.interrupted,
        onProgress: (done, workflows) => {
          if (out.isTerminal) out.progress(`… ${count(done, 'kill')}, ${count(workflows, 'workflow')}`);
        },
      });
      if (report === null) return 130;
      const holds = holdsIn(report);
      out.document({ seed, holds, ...report });
      tell(cli, report, { seed, holds });
      isWanted = !holds;
      return holds ? 0 : 1;
    } catch (error) {
      // Before the building was opened there is nothing to look into.
      isWanted = existsSync(logPath(chaosFolders(folder).home, 'hive'));
      throw error;
    } finally {
      if (isWanted) out.note(`The home and the repositories of this run are kept in ${folder}`);
      else await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  },
});

/** Where bubblewrap is missing a model's change would not run, and nobody but a double is asked. */
const withModels = (reviewer: string | undefined): string =>
  `hive:\n  models:\n    reviewer: ${JSON.stringify(reviewer === undefined ? [] : [reviewer])}\n  sandbox:\n    allowUnsandboxed: true\n`;

const mostKills = 100_000;
const mostMinutes = 7 * 24 * 60;

const limitOf = ({ kills, minutes }: Options): { strikes: number; endAt: number } => {
  const most = numberOf('--kills', kills, { least: 1, most: mostKills });
  const longest = numberOf('--minutes', minutes, { least: 1, most: mostMinutes });
  return {
    strikes: most ?? (longest === undefined ? 30 : Infinity),
    endAt: longest === undefined ? Infinity : Date.now() + longest * 60_000,
  };
};

/** Nothing lost, doubled, touched, stale, stuck or left behind, and what must always hold does. */
const holdsIn = (report: ChaosReport): boolean =>
  offendersIn(report).length === 0 && report.verify.every((it) => it.status !== 'broken');

const offendersIn = ({ lost, doubled, touched, stale, stuck, leftBehind }: ChaosReport): readonly string[] => [
  ...[...lost, ...doubled],
  ...touched.map((what) => `${what} is not as its owner left it`),
  ...[...stale, ...stuck, ...leftBehind],
];

const tell = ({ out }: Cli, report: ChaosReport, { seed, holds }: { seed: number; holds: boolean }): void => {
  const rows = report.places
    .filter((place) => place.struck > 0)
    .toSorted((a, b) => a.role.localeCompare(b.role) || a.name.localeCompare(b.name))
    .map(({ role, name, struck, passed }) => [role, name, struck, passed]);
  out.line(...table(['process', 'place', 'killed', 'passed'], rows), '');
  const { kill, group } = report.carriedOut;
  out.line(
    `${count(kill + group, 'kill')} in ${count(report.workflows, 'workflow')} and ${duration(report.ms)}: ${count(report.interrupted, 'claim')} interrupted, ` +
      `${report.repeated} repeated, ${report.lost.length} lost, ${report.doubled.length} doubled, ${report.stuck.length} stuck`,
  );
  for (const line of offendersIn(report)) out.line(`  ${oneLine(line)}`);
  for (const it of report.verify.filter(({ status }) => status === 'broken'))
    out.line(`  ${it.number} is broken: ${it.name}: ${oneLine(it.offenders.join(', '))}`);
  if (!holds)
    return out.line(`Something does not hold. The same again: hive chaos --seed ${seed} --kills ${kill + group}`);
  out.line(
    'What must always hold does: hive verify found nothing, and git has one commit and one note for each merge, and the checkouts are as they were',
  );
};
