import type { Check } from '@hive/events';
import type { Worktree } from '@hive/workspace';
import type { Cli } from '../cli.ts';
import { duration } from '../terminal/figures.ts';
import { oneLine, visible } from '../terminal/visible.ts';
import { whileWaiting } from '../terminal/while-waiting.ts';

const timeoutMs = 600_000;

/** Runs each check once and says how it ended. Those that are green as the repository stands can tell a change for the worse. */
export const greenOnes = async (cli: Cli, worktree: Worktree, checks: readonly Check[]): Promise<Check[]> => {
  const { out } = cli;
  const green: Check[] = [];
  for (const check of checks) {
    const ran = await whileWaiting(
      out,
      oneLine(check.name),
      worktree.run(check.argv, { timeoutMs, signal: cli.interrupted }),
    );
    const how =
      ran.infra !== undefined
        ? `could not run: ${ran.reason ?? ran.infra}`
        : ran.exit === 0
          ? 'green'
          : `red (exit ${ran.exit ?? 'none'}), left out`;
    out.line(`check   ${oneLine(check.name)}   ${how}   ${duration(ran.ms)}`);
    if (ran.infra === undefined && ran.exit === 0) green.push(check);
    else
      out.line(
        ...visible(ran.tail)
          .trimEnd()
          .split('\n')
          .slice(-10)
          .map((line) => `        ${line}`),
      );
  }
  return green;
};
