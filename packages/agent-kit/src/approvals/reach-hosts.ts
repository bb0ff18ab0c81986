import { HiveError, hasCode, isHiveError } from '@hive/errors';
import { approvalRules, shortId, streams, type ApprovalDocument, type ApprovalView } from '@hive/events';
import { wantsOf, type AgreedHosts, type Wants } from '@hive/workspace';
import type { Context, StepInHand } from '../agent.ts';
import { egressRequests } from './egress-requests.ts';
import { isTriedAnew } from './is-tried-anew.ts';
import { reachDocument } from './reach-document.ts';
import { waitingError, waitingOf } from './waiting.ts';

type Needs = Pick<Context, 'bus' | 'artefacts'>;
type Reach = NonNullable<ApprovalDocument['reach']>;
type Asked = { readonly view: ApprovalView; readonly shown: Reach };

/** What ends sooner is not used any more: it has to hold until the command has begun. */
const spareMs = 5000;

/**
 * Runs commands of a step with the hosts that a person agreed to for its workflow, each agreement being recorded as used before. Where the policy says that
 * a person is asked (`approvals.newHost`) and commands fail for want of other hosts, the error of a step that waits is thrown in place of theirs: the step waits,
 * and begins again with the answer. What a person did not allow fails as it would have, with their words.
 */
export const reachHosts = async <T>(
  step: StepInHand,
  ctx: Needs,
  run: (hosts: AgreedHosts | undefined) => Promise<T>,
): Promise<T> => {
  if (!approvalRules(step.workflow.submission.policy?.approvals).newHost) return run(undefined);
  const asked = await requestsOf(step, ctx);
  const agreed = await inForce(asked, ctx);
  await use(agreed, step);
  const refused = await refusedIn(asked, step, ctx);
  const of = (by: Wants['by'], all: readonly Asked[]) =>
    all.flatMap(({ shown }) => (shown.by === by ? shown.hosts : []));
  try {
    return await run({
      setup: of('setup', agreed),
      checks: of('checks', agreed),
      refused: refused.flatMap(({ shown }) => shown.hosts),
    });
  } catch (error) {
    if (waitingOf(error)) throw error;
    if (refused.length > 0 && isHiveError(error)) throw withTheirWords(error, refused);
    const wants = wantsOf(error);
    if (wants === null) throw error;
    throw waitFor(wants, asked, step);
  }
};

/** Everything that was asked about hosts in this workflow. */
const requestsOf = async (step: StepInHand, ctx: Needs): Promise<readonly Asked[]> =>
  (await egressRequests(step, ctx)).flatMap(({ view, document: { reach } }) => (reach ? [{ view, shown: reach }] : []));

const inForce = async (asked: readonly Asked[], { bus }: Needs): Promise<readonly Asked[]> => {
  const agreed = asked.filter(({ view }) => view.state === 'approved' || view.state === 'used');
  if (agreed.length === 0) return [];
  const now = Date.parse(await bus.store.now());
  return agreed.filter(({ view }) => Date.parse(view.expiresAt) - now >= spareMs);
};

const use = async (agreed: readonly Asked[], step: StepInHand): Promise<void> => {
  for (const { view } of agreed) {
    if (view.state !== 'approved') continue;
    const data = { approvalId: view.id, actionHash: view.actionHash, by: view.taskId ?? view.workflowId };
    try {
      await step.note([{ type: 'approval.consumed', stream: streams.approval(view.id), data }]);
    } catch (error) {
      if (!hasCode(error, 'transition.refused')) throw error; // another task of the workflow has just begun to use it
    }
  }
};

/** What a person did not allow, or nobody in time, and was not taken up again since. */
const refusedIn = async (asked: readonly Asked[], step: StepInHand, ctx: Needs): Promise<readonly Asked[]> => {
  const over = asked.filter(
    ({ view }) => view.state === 'denied' || (view.state === 'expired' && view.reason === null),
  );
  const anew = await Promise.all(over.map(({ view }) => isTriedAnew(view, step, ctx)));
  return over.filter((_, at) => !anew[at]);
};

const withTheirWords = (error: HiveError, refused: readonly Asked[]): HiveError => {
  if (error.code !== 'infra.network' && error.code !== 'setup.failed' && error.code !== 'run.failed') return error;
  const words = refused.map(({ view, shown }) =>
    view.state === 'denied'
      ? `${view.decidedBy ?? 'a person'} did not let it reach ${shown.hosts.join(', ')}: ${view.reason ?? 'no reason was given'}`
      : `nobody let it reach ${shown.hosts.join(', ')} until ${view.expiresAt}`,
  );
  return new HiveError(error.code, `${error.message}\n${words.join('\n')}`, {
    remedy: 'fix_config',
    cause: error,
    details: error.details,
  });
};

/** One request stands for all tasks of the workflow that want the same while it is open: an answer to one is an answer to all of them. */
const waitFor = (wants: Wants, asked: readonly Asked[], step: StepInHand): HiveError => {
  const taskId = step.task?.id ?? null;
  const open = asked.find(
    ({ view, shown }) =>
      view.state === 'open' &&
      view.taskId === taskId &&
      shown.by === wants.by &&
      wants.hosts.every((host) => shown.hosts.includes(host)),
  );
  return waitingError(
    open
      ? { asks: null, until: open.view.expiresAt, because: `a person who answers approval ${shortId(open.view.id)}` }
      : { asks: reachDocument(wants, step), until: null, because: 'a person who allows it (hive approvals)' },
  );
};
