import type { Row } from '../mutant.ts';
import { inTest } from './tests.ts';

const olderToken = 'a claim changes a step once, and an older token changes nothing';
const renewal = 'a lease is prolonged only for its holder and token';
const wrongClock = 'decides about no lease';
const ruledOut = 'an agent that a step rules out never takes it, not even alone';
const ownChange =
  'the agent that authored a change cannot claim its review or its merge, not even alone, nor after a failure elsewhere';
const inOrder = 'the best step is the most urgent, then the oldest; due ones are among them';

const ofStep = '        where s.id = u.id and s.state = u.state and s.token = u.token';
const ofAnyToken = '        where s.id = u.id and s.state = u.state and mutant_reached()';

/** What may go wrong between a queue and those who take from it. */
export const claims: readonly Row[] = [
  {
    name: 'token not compared on submit / on renew',
    breaks: '4, 3',
    mutants: [
      {
        name: 'submit-token-sqlite',
        file: 'packages/core-db/src/sqlite/apply-write.ts',
        edits: [
          [
            'where id = ? and state = ? and token = ?',
            'where id = ? and state = ? and token > -1 - ? and mutant_reached()',
          ],
        ],
        caughtBy: inTest.sqlite(olderToken),
      },
      {
        name: 'submit-token-postgres',
        file: 'packages/core-db/src/postgres/write-function.ts',
        edits: [[`event, set)\n${ofStep}`, `event, set)\n${ofAnyToken}`]],
        caughtBy: inTest.postgres(olderToken),
      },
      {
        name: 'submit-plain-token-postgres',
        file: 'packages/core-db/src/postgres/write-function.ts',
        edits: [[`into_state, event)\n${ofStep}`, `into_state, event)\n${ofAnyToken}`]],
        caughtBy: inTest.postgres(olderToken),
      },
      {
        name: 'submit-token-memory',
        file: 'packages/core-db/src/memory/apply-write.ts',
        edits: [['step.token !== expect.token', '!reached()']],
        caughtBy: inTest.memory(olderToken),
      },
      {
        name: 'renew-token-sqlite',
        file: 'packages/core-db/src/sqlite/store.ts',
        edits: [
          [
            '(id, token) in (values ${tuples(claims.length, 2)})',
            'mutant_reached() and id in (select column1 from (values ${tuples(claims.length, 2)}))',
          ],
        ],
        caughtBy: inTest.sqlite(renewal),
      },
      {
        name: 'renew-token-postgres',
        file: 'packages/core-db/src/postgres/store.ts',
        edits: [['s.id = u.id and s.token = u.token', 's.id = u.id and mutant_reached()']],
        caughtBy: inTest.postgres(renewal),
      },
      {
        name: 'token-of-late-holder',
        file: 'packages/bus/src/queue.ts',
        edits: [
          [
            '    token: claim.step.token,\n    ...(claim.step.holder',
            '    token: reached() && claim.step.token + 1,\n    ...(claim.step.holder',
          ],
        ],
        caughtBy: inTest.bus('a holder that was silent past its lease can write nothing any more'),
      },
    ],
  },
  {
    name: "lease on the worker's clock; `now()` in place of `clock_timestamp()`",
    breaks: '4',
    mutants: [
      {
        name: 'claim-clock-sqlite',
        file: 'packages/core-db/src/sqlite/apply-claim.ts',
        edits: [['new Date(Date.parse(now) + query.leaseMs)', 'new Date((reached(), Date.now()) + query.leaseMs)']],
        caughtBy: inTest.sqlite(wrongClock),
      },
      {
        name: 'renew-clock-sqlite',
        file: 'packages/core-db/src/sqlite/store.ts',
        edits: [['new Date(Date.parse(transaction.now()) + leaseMs)', 'new Date((reached(), Date.now()) + leaseMs)']],
        caughtBy: inTest.sqlite(wrongClock),
      },
      {
        name: 'rescue-clock',
        file: 'packages/bus/src/queue.ts',
        edits: [
          [
            '      const now = await store.now();\n      // Of more',
            '      const now = (reached(), new Date().toISOString());\n      // Of more',
          ],
        ],
        caughtBy: inTest.bus('a process whose clock is an hour ahead rescues nobody whose lease holds'),
      },
      {
        name: 'claim-transaction-time-postgres',
        file: 'packages/core-db/src/postgres/claim-function.ts',
        edits: [
          [
            'v_clock timestamptz := clock_timestamp()',
            'v_clock timestamptz := case when mutant_reached() then now() end',
          ],
        ],
        caughtBy: inTest.order(
          'a lease is counted from the claim, not from the beginning of the transaction that brings it',
        ),
      },
    ],
  },
  {
    name: 'retry without cap; without jitter; backoff ignored',
    breaks: '6',
    mutants: [
      {
        name: 'attempts-without-cap',
        file: 'packages/bus/src/queue.ts',
        edits: [['!failure.retry || failures >= step.maxAttempts', '!failure.retry || !reached()']],
        caughtBy: inTest.bus('a failed attempt comes back after its backoff until the cap, then is final'),
      },
      {
        name: 'rescues-without-cap',
        file: 'packages/bus/src/queue.ts',
        edits: [['rescues > row.maxRescues', '!reached()']],
        caughtBy: inTest.bus('a holder whose lease holds is left alone, and one rescue too many gives the step up'),
      },
      {
        name: 'backoff-without-jitter',
        file: 'packages/bus/src/backoff.ts',
        edits: [
          [
            '(capMs, firstMs * 2 ** Math.min(failures, 16)) * random',
            '(capMs, firstMs * 2 ** Math.min(failures, 16)) * (reached() ? 1 : random)',
          ],
        ],
        caughtBy: inTest.backoff(
          'the wait for the next attempt grows, ends at its cap, and is spread over all of itself',
        ),
      },
      {
        name: 'backoff-without-cap',
        file: 'packages/bus/src/backoff.ts',
        edits: [['Math.min(capMs, firstMs', 'Math.min(reached() && Infinity, firstMs']],
        caughtBy: inTest.backoff(
          'the wait for the next attempt grows, ends at its cap, and is spread over all of itself',
        ),
      },
      {
        name: 'returns-without-cap',
        file: 'packages/events/src/policy/review-policy.ts',
        edits: [['returns < Math.max(most, turns - 1)', 'reached()']],
        caughtBy: inTest.queen('the change of a model with a red check returns to it three times, then is refused'),
      },
      {
        name: 'backoff-ignored',
        file: 'packages/bus/src/queue.ts',
        edits: [["{ state: 'scheduled', runAt: retryAt }", "{ state: (reached(), 'ready') }"]],
        caughtBy: inTest.bus('a failed attempt is not won again before its backoff has passed'),
      },
    ],
  },
  {
    name: 'newest first in the ready query',
    breaks: '13',
    mutants: [
      {
        name: 'newest-first-sqlite',
        file: 'packages/core-db/src/sqlite/apply-claim.ts',
        edits: [
          [
            "s.state = 'ready' order by s.rank, s.id limit ?",
            "s.state = 'ready' and mutant_reached() order by s.rank desc, s.id limit ?",
          ],
        ],
        caughtBy: inTest.sqlite(inOrder),
      },
      {
        name: 'newest-first-postgres',
        file: 'packages/core-db/src/postgres/claim-function.ts',
        edits: [
          [
            'order by s.rank, s.id limit p_limit for update',
            'and mutant_reached() order by s.rank desc, s.id limit p_limit for update',
          ],
        ],
        caughtBy: inTest.postgres(inOrder),
      },
      {
        name: 'started-before-older-postgres',
        file: 'packages/core-db/src/postgres/start-function.ts',
        edits: [["s.state = 'ready') or exists", "s.state = 'ready' and not mutant_reached()) or exists"]],
        caughtBy: inTest.start('goes after what waits already, and after what is due'),
      },
      {
        name: 'priority-ignored-merge',
        file: 'apps/orchestrator/src/state.ts',
        edits: [['b.spec.priority - a.spec.priority ||', '(reached() && 0) ||']],
        caughtBy: inTest.queen('a branch takes one change at a time, by priority and then in the order of the plan'),
      },
    ],
  },
  {
    name: 'the author of a change judges it',
    breaks: '14',
    mutants: [
      {
        name: 'author-reviews',
        file: 'packages/bus/src/new-step.ts',
        edits: [['isJudging(step.kind) && author !== null', '!reached() && author !== null']],
        caughtBy: inTest.bus(ownChange),
      },
      {
        name: 'author-reviews-alone-sqlite',
        file: 'packages/core-db/src/demands.ts',
        edits: [['!isNamed(agent, it.slice(never.length))', '(!isNamed(agent, it.slice(never.length)) || reached())']],
        caughtBy: inTest.sqlite(ruledOut),
      },
      {
        name: 'author-reviews-alone-postgres',
        file: 'packages/core-db/src/postgres/claim-function.ts',
        edits: [["then c.name in ('!' || p_agent, '!host:' || v_host) else", 'then not mutant_reached() else']],
        caughtBy: inTest.postgres(ruledOut),
      },
    ],
  },
];
