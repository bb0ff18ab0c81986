import { resolve } from 'node:path';
import { repoConfigOf } from '@hive/config';
import { HiveError } from '@hive/errors';
import { noChecks } from '@hive/front-desk';
import {
  assertHomeOutside,
  findChecks,
  findLeftOut,
  findNested,
  findSetup,
  findTests,
  type FoundTests,
  openRepo,
} from '@hive/workspace';
import type { Cli } from '../cli.ts';
import { leftOutLines } from '../desk/left-out-lines.ts';
import { openWorkspace } from '../desk/open-workspace.ts';
import { quoted } from '../follow/git-commands.ts';
import { oneLine } from '../terminal/visible.ts';
import { whileWaiting } from '../terminal/while-waiting.ts';
import { greenOnes } from './try-checks.ts';
import { writeRepoConfig } from './write-repo-config.ts';

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
  if (checks.length === 0) throw noChecks(repo.root, await findNested(repo, repo.head));
  const tests = await findTests(repo, repo.head);
  const { workspace, close } = openWorkspace(config, env);
  try {
    if (setup) out.line(`setup   ${oneLine(setup.argv.map(quoted).join(' '))}`);
    const { passEnv } = config.sandbox;
    const opening = workspace.open({ repo: repo.root, base: repo.head, setup, modelAuthored: false, passEnv, signal });
    const worktree = await whileWaiting(out, 'setup', opening);
    out.line(...leftOutLines(await findLeftOut(repo, repo.head)).map((note) => `note    ${note}`));
    const green = await greenOnes(cli, worktree, checks);
    await worktree.remove();
    if (green.length === 0)
      throw new HiveError(
        'evidence.no_checks',
        `No check that was found in ${repo.root} is green; repair it, or write another to hive.yaml under hive.repos:  ${repo.root}: { checks: [YOUR COMMAND] }`,
      );
    tellTests(cli, tests);
    const proposal = { checks: green.map((check) => check.argv), ...(setup && !known?.setup && { setup: setup.argv }) };
    const file = await writeRepoConfig(config, { env, repo: repo.root, proposal });
    out.line(`Written to ${file} under hive.repos`);
    out.document({
      repo: repo.root,
      file,
      written: true,
      checks: proposal.checks,
      setup: proposal.setup ?? null,
      tests: { globs: tests.globs, count: tests.files.length, inline: tests.inline.length },
    });
  } finally {
    await close();
  }
};

/** Which files count as tests decides what is laid over the base, so it is said before the first change. */
const tellTests = ({ out }: Cli, { globs, files, inline }: FoundTests) => {
  const many = files.length === 1 ? '1 file counts' : `${files.length} files count`;
  const none = inline.length === 0 ? '; a change that brings none has to be red on the base' : '';
  out.line(`tests   ${many} as tests${files.length === 0 ? none : ` (${globs.join(', ')})`}`);
  const some = (paths: readonly string[]) => `e.g. ${paths.slice(0, 3).map(oneLine).join(', ')}`;
  const otherwise = 'say otherwise with tests: [GLOB] under hive.repos';
  if (files.length > 0) out.line(`        ${some(files)}; ${otherwise}`);
  if (inline.length > 0) {
    const where = inline.length === 1 ? '1 other file' : `${inline.length} other files`;
    out.line(
      `        and what is under #[cfg(test)] in ${where}, ${some(inline)}${files.length > 0 ? '' : `; ${otherwise}`}`,
    );
  }
};
