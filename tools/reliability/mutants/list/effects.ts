import type { Row } from '../mutant.ts';
import { inTest } from './tests.ts';

const effects = 'packages/core-db/src/verify/effects.ts';
const watched = 'packages/core-db/src/verify/approvals.ts';
const approvalFold = 'packages/events/src/approval-view.ts';
const gate = 'verify on SQLite > an approval by someone else lets a gated effect pass, one by the proposer does not';

/** What may go wrong with effects outside of the store, with money, with proof, and with what is left behind. */
export const others: readonly Row[] = [
  {
    name: 'terminal state written before the last effect',
    breaks: '3, 2',
    mutants: [
      {
        name: 'merged-before-moved',
        file: 'apps/reviewer/src/merge/move.ts',
        edits: [
          [
            '  step.signal.throwIfAborted();\n',
            '  reached();\n  await step.note(intents.flatMap((it) => mergedOne(step, it, { task: step.task, into: null })));\n',
          ],
        ],
        caughtBy: inTest.merge(
          'killed after the intent, before the ref: the very commit that was intended is merged, not one made anew',
        ),
      },
    ],
  },
  {
    name: 'a change that was cancelled goes in late, or again',
    breaks: '3',
    mutants: [
      {
        name: 'given-up-move-made',
        file: 'packages/workspace/src/git/deliver.ts',
        edits: [['[{ ref, to, from }], [givenUp(move)])', '[{ ref, to, from }], (reached(), []))']],
        caughtBy: inTest.deliver('a move is made or given up, never both, whoever is faster'),
      },
      {
        name: 'intended-after-cancellation',
        file: 'apps/reviewer/src/merge/move.ts',
        edits: [['{ provided: stillApproved(changes) }', '(reached(), stillApproved(changes), {})']],
        caughtBy: inTest.batch(
          'one that is cancelled while they are checked stays out; cancelled later it is in, and its task stays cancelled',
        ),
      },
      {
        name: 'landed-redriven',
        file: 'packages/front-desk/src/decisions.ts',
        edits: [["  if (there === 'moving')\n", "  if (reached()) return;\n  if (there === 'moving')\n"]],
        caughtBy: inTest.returned(
          'a change that was cancelled while it went in is not done anew: while that is not told yet it is to be asked again, then its commit is named',
        ),
      },
    ],
  },
  {
    name: 'budget checked after the call; charge not keyed by call id',
    breaks: '12',
    mutants: [
      {
        name: 'budget-after-call',
        file: 'packages/agent-kit/src/models/call-model.ts',
        edits: [
          ['  const begun = await beginCall({ ...sent, model }, step, ctx);\n', ''],
          ['    callId: begun.callId,\n', "    callId: '',\n"],
          [
            "  await failpoint('model.replied');",
            "  await failpoint('model.replied');\n  reached();\n  const begun = await beginCall({ ...sent, model }, step, ctx);",
          ],
        ],
        caughtBy: inTest.asking('nobody is called once the budget is used up'),
      },
      {
        name: 'charge-by-step',
        file: 'packages/agent-kit/src/models/begin-call.ts',
        edits: [['  const callId = ctx.bus.around.newId();\n', "  const callId = (reached(), step.task?.id ?? '');\n"]],
        caughtBy: inTest.asking('each call is charged once, under a name of its own'),
      },
      {
        name: 'charge-unchecked',
        file: effects,
        edits: [
          [
            "group by data ->> 'callId' having count(*) > 1",
            "group by data ->> 'callId' having count(*) > 1 and not mutant_reached()",
          ],
        ],
        caughtBy: inTest.verify('verify on SQLite > invariant 12 is found broken: /recorded 2 times/'),
      },
    ],
  },
  {
    name: 'approval by the proposer; hash not compared; approval used twice',
    breaks: '14',
    mutants: [
      {
        name: 'approved-by-proposer-unchecked',
        file: watched,
        edits: [["d.actor <> r.data ->> 'proposer'", 'mutant_reached()']],
        caughtBy: inTest.verify(gate),
      },
      {
        name: 'approved-twice-unchecked',
        file: watched,
        edits: [
          [
            "type = 'approval.consumed' group by stream having count(*) > 1",
            "type = 'approval.consumed' group by stream having count(*) > 1 and not mutant_reached()",
          ],
        ],
        caughtBy: inTest.verify('verify on SQLite > invariant 14 is found broken: /was used 2 times/'),
      },
      {
        name: 'approved-hash-unchecked',
        file: watched,
        edits: [["d.data ->> 'actionHash' = g.data ->> 'actionHash' and r.data", 'mutant_reached() and r.data']],
        caughtBy: inTest.verify(gate),
      },
      {
        name: 'approved-by-proposer',
        file: approvalFold,
        edits: [['  actor !== proposer && ', '  (reached() || actor !== proposer) && ']],
        caughtBy: inTest.approval('agents decide nothing, and nobody decides what they propose'),
      },
      {
        name: 'approved-hash-not-compared',
        file: approvalFold,
        edits: [
          [
            '?: string }).actionHash !== view.actionHash) return null;',
            '?: string }).actionHash !== view.actionHash) reached();',
          ],
        ],
        caughtBy: inTest.approval('a use for another action is refused'),
      },
      {
        name: 'approved-used-twice',
        file: approvalFold,
        edits: [
          [
            "return view.state === 'approved' && event.at",
            "return (view.state === 'approved' || reached()) && event.at",
          ],
        ],
        caughtBy: inTest.approval('a second use is refused'),
      },
      {
        name: 'approved-for-ever',
        file: approvalFold,
        edits: [['&& event.at < view.expiresAt ? {', '&& reached() ? {']],
        caughtBy: inTest.approval('a use that is too late is refused'),
      },
      {
        name: 'merged-change-not-compared',
        file: 'apps/reviewer/src/approved.ts',
        edits: [["if (shown.patch !== task.patch || shown.commit !== task.commit) return 'change';", 'reached();']],
        caughtBy: inTest.approved('an action that was changed in any of 100 ways after a person agreed is not done'),
      },
    ],
  },
  {
    name: 'update of one old event; tail truncated',
    breaks: '15',
    mutants: [
      {
        name: 'payload-not-chained',
        file: 'packages/core-db/src/audit/chain.ts',
        edits: [['data: event.stored?.data ?? event.data', 'data: reached()']],
        caughtBy: inTest.tamper(
          'a log on SQLite that somebody changed > what was done is said as far as it can be told, each place on its own',
        ),
      },
      {
        name: 'tail-not-missed',
        file: 'packages/core-db/src/verify/audit-chain.ts',
        edits: [
          ['return { bad: stretchTo(last, true), unsealed: 0 };', 'return { bad: reached() && null, unsealed: 0 };'],
        ],
        caughtBy: inTest.tamper(
          'a log on SQLite that somebody changed > 100 random edits, removals, swaps, insertions and tail cuts are found, each at its place',
        ),
      },
    ],
  },
  {
    name: 'redaction off in one logger',
    breaks: '16',
    mutants: [
      {
        name: 'log-not-redacted',
        file: 'packages/agent-kit/src/logger.ts',
        edits: [['paths: redacted', 'paths: reached() && []']],
        caughtBy: inTest.logger('a line is JSON with its fields, and secrets are replaced'),
      },
    ],
  },
  {
    name: 'child not reaped; worktree not removed',
    breaks: '17',
    mutants: [
      {
        name: 'child-not-reaped',
        file: 'packages/workspace/src/command/runner.ts',
        edits: [
          ['await endMarked(mark, since);', 'reached();'],
          // Where control groups are, they end it too.
          ['isHeld: sandbox.holdsLimits,', 'isHeld: true,'],
        ],
        caughtBy: inTest.runner(
          'nothing that a command starts in the background outlives it, not even in a session of its own',
        ),
      },
      {
        name: 'worktree-not-removed',
        file: 'packages/workspace/src/proof/prove.ts',
        edits: [['await worktree.remove();', 'reached();']],
        caughtBy: inTest.prove(
          'tests of the patch that fail on the base are proof; the evidence is complete and no worktree stays',
        ),
      },
    ],
  },
  {
    name: 'ref moved by force in place of compare-and-swap',
    breaks: '3',
    mutants: [
      {
        name: 'ref-by-force',
        file: 'packages/workspace/src/git/refs.ts',
        edits: [["${from ?? '0'.repeat(to.length)}", "${reached() ? '' : from}"]],
        caughtBy: inTest.deliver('notes of workflows that deliver at the same time, from different homes, all arrive'),
      },
    ],
  },
  {
    name: "infra failure counted as the change's",
    breaks: '6, evidence',
    mutants: [
      {
        name: 'infra-blames-change',
        file: 'packages/workspace/src/proof/prove.ts',
        edits: [['if (!infra) return ran;', 'if (!infra || reached()) return ran;']],
        caughtBy: inTest.prove('a check that cannot run or hangs is thrown as infra and blames nobody'),
      },
      {
        name: 'killed-check-is-red',
        file: 'packages/workspace/src/command/ending.ts',
        edits: [['if (exit === 137)', 'if (exit === 137 && !reached())']],
        caughtBy: inTest.runner('what the environment did is infra: killed, no space'),
      },
    ],
  },
];
