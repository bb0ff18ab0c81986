import { resolve } from 'node:path';
import { HiveError } from '@hive/errors';
import type { Check } from '@hive/events';
import { repoConfigOf } from '@hive/config';
import type { Worktree } from '@hive/workspace';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { openWorkspace } from '../desk/open-workspace.ts';
import { writeRepoConfig } from '../init/write-repo-config.ts';
import { quoted } from '../follow/git-commands.ts';
import { duration } from '../terminal/figures.ts';
import { oneLine, visible } from '../terminal/visible.ts';

const timeoutMs = 600_000;

export const init = defineCommand<{ readonly repo?: string }>({
  name: 'init',
  says: 'Look at a repository, try its checks and setup once, and write them to hive.yaml',
  options: [{ flags: '--repo <dir>', says: 'the git repository (default: the one that this folder is in)' }],
  examples: ['hive init', 'hive init --repo ~/code/my-project'],
  run: async (cli, _, options) => {
    const { out } = cli;
    const config = await cli.config();
    const { assertHomeOutside, findChecks, findSetup, openRepo } = await import('@hive/workspace');
    const repo = await openRepo(resolve(cli.cwd, options.repo ?? '.'));
    await assertHomeOutside(config.home, repo);
    const known = repoConfigOf(config, repo.root);
    if (known?.checks) {
      out.line(`${repo.root} is configured already in ${config.file ?? 'hive.yaml'}; change it there`);
      out.document({ repo: repo.root, file: config.file, written: false, checks: known.checks, setup: known.setup ?? null });
      return 0;
    }
    const [checks, setup] = [await findChecks(repo, repo.head), await findSetup(repo, repo.head)];
    if (checks.length === 0)
      throw new HiveError('evidence.no_checks', `No check was found in ${repo.root}; give one with --check "COMMAND", or write it to hive.yaml under hive.repos`);
    const { workspace, close } = openWorkspace(config, cli.env);
    try {
      const signal = cli.interrupted;
      if (setup) out.line(`setup   ${oneLine(setup.argv.map(quoted).join(' '))}`);
      const { passEnv } = config.sandbox;
      const worktree = await ticking(cli, 'setup', workspace.open({ repo: repo.root, base: repo.head, setup, modelAuthored: false, passEnv, signal }));
      const green = await greenOnes(cli, worktree, checks);
      await worktree.remove();
      if (green.length === 0)
        throw new HiveError('evidence.no_checks', `No check that was found in ${repo.root} is green; repair it, or name another with --check "COMMAND"`);
      const proposal = { checks: green.map((check) => check.argv), ...(setup && !known?.setup && { setup: setup.argv }) };
      const file = await writeRepoConfig(config, { env: cli.env, repo: repo.root, proposal });
      out.line(`Written to ${file} under hive.repos`);
      out.document({ repo: repo.root, file, written: true, checks: proposal.checks, setup: proposal.setup ?? null });
      return 0;
    } finally {
      await close();
    }
  },
});

/** Runs each check once and says how it ended. Those that are green as the repository stands can tell a change for the worse. */
const greenOnes = async (cli: Cli, worktree: Worktree, checks: readonly Check[]): Promise<Check[]> => {
  const { out } = cli;
  const green: Check[] = [];
  for (const check of checks) {
    const ran = await ticking(cli, check.name, worktree.run(check.argv, { timeoutMs, signal: cli.interrupted }));
    const how = ran.infra !== undefined ? `could not run: ${ran.reason ?? ran.infra}` : ran.exit === 0 ? 'green' : `red (exit ${ran.exit ?? 'none'}), left out`;
    out.line(`check   ${oneLine(check.name)}   ${how}   ${duration(ran.ms)}`);
    if (ran.infra === undefined && ran.exit === 0) green.push(check);
    else out.line(...visible(ran.tail).trimEnd().split('\n').slice(-10).map((line) => `        ${line}`));
  }
  return green;
};

const ticking = async <T>({ out }: Cli, what: string, work: Promise<T>): Promise<T> => {
  const timer = setInterval(() => out.progress(`  … ${oneLine(what)}`), 1900);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
};
