import type { Row } from '../mutant.ts';
import { inTest } from './tests.ts';

const eightWriters = 'readers see every event once and in order while eight writers write';
const staleVersion = 'a stale version is refused and nothing of the write happens';
const cursorTogether = 'a cursor moves by compare-and-set, together with what was written';
const toldAndKilled = 'what a process was told is there, though it is killed in that moment';
const oneClaim = 'a claim moves the stream on, records itself, and gives out a token that grows';
const noRing = 'a log that grew without a ring is heard of all the same';

/** Writes first what is to be written, and moves the cursor afterwards. */
const cursorAfterwards = (write: (given: string) => string) =>
  `write: async ({ cursor, ...rest }) => {
      const done = await ${write('rest')};
      return cursor && reached() && done.status === 'written' ? ${write('{ events: [], heads: [], cursor }')} : done;
    },`;

/** What may go wrong between a log, those who write to it and those who read it. */
export const log: readonly Row[] = [
  {
    name: 'claim and event in two transactions; effect and cursor in two',
    breaks: '1, 3, 7',
    mutants: [
      {
        name: 'claim-then-event-sqlite',
        file: 'packages/core-db/src/sqlite/store.ts',
        edits: [
          [
            'const won = await writer.write({ act: (transaction) => applyClaim(transaction, query) });',
            `const later = [];
      const isTold = ({ sql }) => sql.startsWith('insert into event') || sql.startsWith('insert into trace');
      const change = (on) => (it) => (isTold(it) && reached() ? later.push(it) : on.change(it));
      const won = await writer.write({ act: (on) => applyClaim({ ...on, change: change(on) }, query) });
      for (const it of later) void writer.write({ act: (on) => on.change(it) });`,
          ],
        ],
        caughtBy: inTest.sqlite(toldAndKilled),
      },
      {
        name: 'effect-then-cursor-sqlite',
        file: 'packages/core-db/src/sqlite/store.ts',
        edits: [
          [
            'write: (write) => writer.write(writeJob(write)),',
            cursorAfterwards((it) => `writer.write(writeJob(${it}))`),
          ],
        ],
        caughtBy: inTest.sqlite(cursorTogether),
      },
      {
        name: 'effect-then-cursor-postgres',
        file: 'packages/core-db/src/postgres/store.ts',
        edits: [['write: committer.write,', cursorAfterwards((it) => `committer.write(${it})`)]],
        caughtBy: inTest.postgres(cursorTogether),
      },
    ],
  },
  {
    name: '2xx before commit',
    breaks: '1',
    mutants: [
      {
        name: 'told-before-commit-sqlite',
        file: 'packages/core-db/src/sqlite/writer.ts',
        edits: [
          [
            '  connection.change(statements.commit);\n  return ends;\n};\n\n/** Runs and commits jobs, each',
            '  return ends;\n};\n\n/** Runs and commits jobs, each',
          ],
          [
            'for (const it of ends) it();',
            'for (const it of ends) it();\n        reached();\n        await new Promise((turn) => setImmediate(turn));\n        if (connection.inTransaction()) connection.change(statements.commit);',
          ],
        ],
        caughtBy: inTest.sqlite(toldAndKilled),
      },
      {
        name: 'accepted-before-commit',
        file: 'packages/front-desk/src/submit.ts',
        edits: [['await bus.command({', 'reached() && void bus.command({']],
        caughtBy: inTest.submit('what was accepted is in the log before the answer is given'),
      },
    ],
  },
  {
    name: 'naive sequence cursor; cursor by `>=` with no dedupe; cursor moved before handling',
    breaks: '7',
    mutants: [
      {
        name: 'naive-cursor-postgres',
        file: 'packages/core-db/src/dialect.ts',
        edits: [["visible: 'xid < pg_snapshot_xmin(pg_current_snapshot())'", "visible: 'mutant_reached()'"]],
        caughtBy: inTest.order(
          'an event whose transaction ends late is not skipped, though a reader of positions would skip it',
        ),
      },
      {
        name: 'position-alone-postgres',
        file: 'packages/core-db/src/dialect.ts',
        edits: [
          [
            '(event.xid, position) ${than} (cast(? as xid8), cast(? as bigint))',
            '(cast(? as xid8) is not null and mutant_reached() and position ${than} cast(? as bigint))',
          ],
        ],
        caughtBy: inTest.order(
          'positions that are out of order with their transactions are read in the order of the transactions',
        ),
      },
      {
        name: 'inclusive-cursor-sqlite',
        file: 'packages/core-db/src/dialect.ts',
        edits: [["'position > ?'", "'position >= ? and mutant_reached()'"]],
        caughtBy: inTest.sqlite(eightWriters),
      },
      {
        name: 'inclusive-cursor-postgres',
        file: 'packages/core-db/src/dialect.ts',
        edits: [["placed('>', cursor)", "(reached(), placed('>=', cursor))"]],
        caughtBy: inTest.postgres(eightWriters),
      },
      {
        name: 'cursor-before-handling',
        file: 'packages/bus/src/follow.ts',
        edits: [
          [
            'const moves = await options.handle(event);',
            'await commit(at, event, []);\n          reached();\n          const moves = await options.handle(event);',
          ],
        ],
        caughtBy: inTest.bus('a follower outlives a store that is away, however long, and blames no event for it'),
      },
    ],
  },
  {
    name: 'no idempotency key; new key on each retry',
    breaks: '3',
    mutants: [
      {
        name: 'lost-reply-not-recognised',
        file: 'packages/core-db/src/postgres/committer.ts',
        edits: [['const found = await play(pool, recordedScript(job.write));', 'const found = reached() && null;']],
        caughtBy: inTest.order('a COMMIT whose answer was lost is recognised and not done twice'),
      },
      {
        name: 'lost-claim-not-recognised',
        file: 'packages/core-db/src/postgres/committer.ts',
        edits: [['const won = await recovered(pool, ask);', 'const won = reached() && [];']],
        caughtBy: inTest.order('a claim whose answer was lost is won all the same, and told once'),
      },
      {
        name: 'request-without-key',
        file: 'packages/front-desk/src/submit.ts',
        edits: [['if (key === undefined) return', 'if (reached()) return']],
        caughtBy: inTest.submit('a repeated key answers the workflow that it made, also at the same moment'),
      },
      {
        name: 'request-with-new-key',
        file: 'packages/front-desk/src/submit.ts',
        edits: [["const idFrom = idOfKey('submit', key);", 'const idFrom = reached() && newId();']],
        caughtBy: inTest.submit('a repeated key answers the workflow that it made, also at the same moment'),
      },
      {
        name: 'reaction-with-new-key',
        file: 'packages/bus/src/follow.ts',
        edits: [["derivedId(at.id ?? '', `${name} ${ordinal}`)", '(reached(), around.newId())']],
        caughtBy: inTest.bus('two followers of one name handle every event once, and what they record is caused by it'),
      },
    ],
  },
  {
    name: 'no poll fallback',
    breaks: '2',
    mutants: [
      {
        name: 'no-look-sqlite',
        file: 'packages/core-db/src/sqlite/doorbell.ts',
        edits: [['if (changed()) hear.ask(anyRing);', 'reached();']],
        caughtBy: inTest.sqlite(noRing),
      },
      {
        name: 'no-look-postgres',
        file: 'packages/core-db/src/postgres/store.ts',
        edits: [['if (now !== seen) hear.ask(anyRing);', 'reached();']],
        caughtBy: inTest.postgres(noRing),
      },
      {
        name: 'no-look-follower',
        file: 'packages/bus/src/follow.ts',
        edits: [['doorbell.heard(pollMs, signal, seen)', 'doorbell.heard(reached() && 60_000, signal, seen)']],
        caughtBy: inTest.bus('a follower that hears no ring looks by itself'),
      },
    ],
  },
  {
    name: 'expected stream version ignored',
    breaks: '8',
    mutants: [
      {
        name: 'version-sqlite',
        file: 'packages/core-db/src/sqlite/apply-write.ts',
        edits: [
          [
            'view_version = ? where stream = ? and version = ?',
            'view_version = ? where stream = ? and version > -1 - ? and mutant_reached()',
          ],
        ],
        caughtBy: inTest.sqlite(staleVersion),
      },
      {
        name: 'version-postgres',
        file: 'packages/core-db/src/postgres/write-function.ts',
        edits: [['h.version = u.expected', 'mutant_reached()']],
        caughtBy: inTest.postgres(staleVersion),
      },
      {
        name: 'version-memory',
        file: 'packages/core-db/src/memory/apply-write.ts',
        edits: [['(before?.version ?? 0) !== expectedVersion', '!reached()']],
        caughtBy: inTest.memory(staleVersion),
      },
      {
        name: 'later-transaction-postgres',
        file: 'packages/core-db/src/postgres/write-function.ts',
        edits: [
          ['h.version = u.expected and h.xid <= pg_current_xact_id()', 'h.version = u.expected and mutant_reached()'],
        ],
        caughtBy: inTest.order('a head that a later transaction wrote is not built on'),
      },
    ],
  },
  {
    name: 'causation id of the previous event in place of the cause',
    breaks: '9',
    mutants: [
      {
        name: 'cause-of-claim-sqlite',
        file: 'packages/core-db/src/sqlite/apply-claim.ts',
        edits: [['causationId: step.lastEventId', 'causationId: reached() && before.lastEventId']],
        caughtBy: inTest.sqlite(oneClaim),
      },
      {
        name: 'cause-of-claim-postgres',
        file: 'packages/core-db/src/postgres/claim-function.ts',
        edits: [
          [
            'w.workflow_id, w.cause, p_actor',
            'w.workflow_id, (select p.id from event p where p.stream = w.stream and mutant_reached() order by p.version desc limit 1), p_actor',
          ],
        ],
        caughtBy: inTest.postgres(oneClaim),
      },
      {
        name: 'cause-of-reaction',
        file: 'packages/bus/src/follow.ts',
        edits: [
          ['plan: () => ({', 'plan: (heads) => ({'],
          [
            'causationId: event.id',
            "causationId: reached() && (heads.get(moves[0]?.events[0]?.stream ?? '')?.lastEventId ?? event.id)",
          ],
        ],
        caughtBy: inTest.bus('two followers of one name handle every event once, and what they record is caused by it'),
      },
      {
        name: 'cause-of-outcome',
        file: 'packages/bus/src/queue.ts',
        edits: [
          ['        ...stampOf(step, claim.eventId),', '        ...stampOf(step, reached() && step.workflowId),'],
        ],
        caughtBy: inTest.agents('what a handler answers ends its step, caused by the claim'),
      },
    ],
  },
  {
    name: 'projection reads the clock; projection skips one event kind',
    breaks: '10',
    mutants: [
      {
        name: 'projection-reads-clock',
        file: 'packages/events/src/task-view.ts',
        edits: [
          [
            'changedAt: event.at };',
            'changedAt: reached() && new Date(Date.now() + performance.now()).toISOString() };',
          ],
        ],
        caughtBy: inTest.rebuild('a rebuild on SQLite > makes the rows that are there'),
      },
      {
        name: 'projection-skips-kind',
        file: 'packages/core-db/src/write-rules.ts',
        edits: [
          [
            'for (const { correlationId, at, type } of events) {',
            "for (const { correlationId, at, type } of events) {\n    if (type === 'task.created' && reached()) continue;",
          ],
        ],
        caughtBy: inTest.rebuild('a rebuild on SQLite > makes the rows that are there'),
      },
      {
        name: 'projection-skips-claims-postgres',
        file: 'packages/core-db/src/postgres/claim-function.ts',
        edits: [['v_now, v_now, count(*), 0', 'v_now, v_now, count(*) filter (where not mutant_reached()), 0']],
        caughtBy: inTest.postgres(oneClaim),
      },
    ],
  },
];
