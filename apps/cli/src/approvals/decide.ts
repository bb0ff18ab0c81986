import { createInterface } from 'node:readline/promises';
import { HiveError } from '@hive/errors';
import { shortId, type DecideRequest, type Desk } from '@hive/events';
import type { Cli } from '../cli.ts';
import { remoteAccess } from '../desk/access.ts';
import { personHere } from '../person.ts';
import { approvalLines } from './approval-lines.ts';

/** What the command line says about a decision. `hash`: only if it is still about this. */
export type Decision = Pick<DecideRequest, 'decision'> & {
  readonly reason?: string | undefined;
  readonly hash?: string | undefined;
  readonly yes: boolean;
};

/**
 * Shows what a request is about and decides it, bound to what was shown. Asks once on a terminal. A decision is handed to a running Hive, which
 * acts on it; throws `hive.unreachable` where none runs.
 */
export const decide = async (cli: Cli, id: string, { decision, reason, hash, yes }: Decision): Promise<number> => {
  const access = remoteAccess(await cli.config());
  if (!access)
    throw new HiveError(
      'hive.unreachable',
      'Hive is not running, and nobody would act on the decision; start it with: hive up',
      {
        remedy: 'fix_config',
      },
    );
  const { desk } = access;
  const { out } = cli;
  const seen = await desk.approval(id);
  out.line(...approvalLines(seen));
  if (!yes && seen.state === 'open' && !(await isSure(cli, decision)))
    throw new HiveError('input.invalid', 'Nothing was decided');
  const decided = await tell(desk, seen.id, {
    decision,
    actionHash: hash ?? seen.actionHash,
    reason,
    by: personHere(),
  });
  out.document(decided);
  const what = decision === 'approve' ? 'approved' : 'denied';
  out.line(`${what}  ${shortId(decided.id)}; follow it with hive watch ${shortId(decided.workflowId)}`);
  return 0;
};

const tell = (desk: Desk, id: string, { reason, ...request }: DecideRequest) =>
  desk.decide(id, { ...request, ...(reason !== undefined && { reason }) });

/** Only a terminal can be asked. */
const isSure = async (cli: Cli, decision: Decision['decision']): Promise<boolean> => {
  const { terminal } = await cli.config();
  if (terminal.ci || !cli.out.isTerminal || !process.stdin.isTTY) return true;
  const dialogue = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await dialogue.question(`${decision === 'approve' ? 'Approve' : 'Deny'} this? [y/N] `, {
      signal: cli.interrupted,
    });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    dialogue.close();
  }
};
