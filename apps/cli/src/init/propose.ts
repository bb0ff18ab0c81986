import { resolve } from 'node:path';
import { repoConfigOf } from '@hive/config';
import { HiveError } from '@hive/errors';
import { assertHomeOutside, findChecks, findSetup, openRepo } from '@hive/workspace';
import type { Cli } from '../cli.ts';
import { openWorkspace } from '../desk/open-workspace.ts';
import { quoted } from '../follow/git-commands.ts';
import { oneLine } from '../terminal/visible.ts';
import { whileWaiting } from '../terminal/while-waiting.ts';
import { greenOnes } from './try-checks.ts';
import { writeRepoConfig } from './write-repo-config.ts';

const noChecks = (message: string) => new HiveError('evidence.no_checks', message);

/** Looks at the repository, tries once what was found, and writes what works to hive.yaml. What is configured already stays. */
export const propose = async (cli: Cli, dir: string): Promise<void> => {
  const { out, env, interrupted: signal } = cli;
  const config = await cli.config();
  const repo = await openRepo(resolve(cli.cwd, dir));
  await assertHomeOutside(config.home, repo);
  const known = repoConfigOf(config, repo.root);
  if (known?.checks) {
    out.line(`${repo.root} is configured already in ${config.file ?? 'hive.yaml'}; change it there`);
    out.document({
      repo: repo.root,
      file: config.file,
      written: false,
      checks: known.checks,
      setup: known.setup ?? null,
    });
    return;
  }
  const [checks, setup] = [await findChecks(repo, repo.head), await findSetup(repo, repo.head)];
  if (checks.length === 0)
    throw noChecks(
      `No check was found in ${repo.root}; give one with --check "COMMAND", or write it to hive.yaml under hive.repos`,
    );
  const { workspace, close } = openWorkspace(config, env);
  try {
    if (setup) out.line(`setup   ${oneLine(setup.argv.map(quoted).join(' '))}`);
    const { passEnv } = config.sandbox;
    const opening = workspace.open({ repo: repo.root, base: repo.head, setup, modelAuthored: false, passEnv, signal });
    const worktree = await whileWaiting(out, 'setup', opening);
    const green = await greenOnes(cli, worktree, checks);
    await worktree.remove();
    if (green.length === 0)
      throw noChecks(
        `No check that was found in ${repo.root} is green; repair it, or name another with --check "COMMAND"`,
      );
    const proposal = { checks: green.map((check) => check.argv), ...(setup && !known?.setup && { setup: setup.argv }) };
    const file = await writeRepoConfig(config, { env, repo: repo.root, proposal });
    out.line(`Written to ${file} under hive.repos`);
    out.document({ repo: repo.root, file, written: true, checks: proposal.checks, setup: proposal.setup ?? null });
  } finally {
    await close();
  }
};
