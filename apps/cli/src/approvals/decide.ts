import { createInterface } from 'node:readline/promises';
import { HiveError } from '@hive/errors';
import { confirmationOf, shortId, type ApprovalSummary, type DecideRequest, type Desk } from '@hive/events';
import type { Cli } from '../cli.ts';
import { remoteAccess } from '../desk/access.ts';
import { personHere } from '../person.ts';
import { oneLine } from '../terminal/visible.ts';
import { approvalLines } from './approval-lines.ts';

/** What the command line says about a decision. `hash`: only if it is still about this. */
export type Decision = Pick<DecideRequest, 'decision'> & {
  readonly reason?: string | undefined;
  readonly hash?: string | undefined;
  /** The branch of what cannot be taken back, as the person typed it. */
  readonly confirm?: string | undefined;
  readonly yes: boolean;
};

/**
 * Shows what a request is about and decides it, bound to what was shown. Asks once on a terminal. A decision is handed to a running Hive, which
 * acts on it; throws `hive.unreachable` where none runs.
 */
export const decide = async (
  cli: Cli,
  id: string,
  { decision, reason, hash, confirm, yes }: Decision,
): Promise<number> => {
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
  const toType = decision === 'approve' && seen.state === 'open' ? confirmationOf(seen) : null;
  const typed = toType === null ? undefined : (confirm ?? (await typedAt(cli, seen, toType)));
  if (toType === null && !yes && seen.state === 'open' && !(await isSure(cli, decision)))
    throw new HiveError('input.invalid', 'Nothing was decided');
  const decided = await tell(desk, seen.id, {
    decision,
    actionHash: hash ?? seen.actionHash,
    reason,
    confirm: typed,
    by: personHere(),
  });
  out.document(decided);
  const what = decision === 'approve' ? 'approved' : 'denied';
  out.line(`${what}  ${shortId(decided.id)}; follow it with hive watch ${shortId(decided.workflowId)}`);
  return 0;
};

const tell = (desk: Desk, id: string, { reason, confirm, ...request }: DecideRequest) =>
  desk.decide(id, {
    ...request,
    ...(reason !== undefined && { reason }),
    ...(confirm !== undefined && { confirm }),
  });

const isSure = async (cli: Cli, decision: Decision['decision']): Promise<boolean> => {
  const answer = await askedAt(cli, `${decision === 'approve' ? 'Approve' : 'Deny'} this? [y/N] `);
  return answer === null || /^y(es)?$/i.test(answer.trim());
};

/** What cannot be taken back is typed by a person: no `--yes` stands for it. */
const typedAt = async (cli: Cli, { id }: Pick<ApprovalSummary, 'id'>, toType: string): Promise<string> => {
  const answer = await askedAt(cli, `This cannot be taken back. Type ${oneLine(toType)} to approve it: `);
  if (answer?.trim() === toType) return toType;
  throw new HiveError(
    'input.invalid',
    answer === null
      ? `This cannot be taken back; name the branch that it ends on: hive approve ${shortId(id)} --confirm ${oneLine(toType)}`
      : 'Nothing was decided',
  );
};

/** Only a terminal can be asked; null where there is none. */
const askedAt = async (cli: Cli, question: string): Promise<string | null> => {
  const { terminal } = await cli.config();
  if (terminal.ci || !cli.out.isTerminal || !process.stdin.isTTY) return null;
  const dialogue = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await dialogue.question(question, { signal: cli.interrupted });
  } finally {
    dialogue.close();
  }
};
