import type { Test } from '../mutant.ts';

const of =
  (file: string, more: Pick<Test, 'needs'> = {}) =>
  (title: string): Test => ({ file, title, ...more });
const onServer = { needs: 'postgres' } as const;

/** The files of tests that catch planted bugs. */
export const inTest = {
  sqlite: of('packages/core-db/src/sqlite/store.int.test.ts'),
  postgres: of('packages/core-db/src/postgres/store.int.test.ts', onServer),
  start: of('packages/core-db/src/postgres/start.int.test.ts', onServer),
  memory: of('packages/core-db/src/memory/store.test.ts'),
  order: of('packages/core-db/src/postgres/order.int.test.ts', onServer),
  verify: of('packages/core-db/src/verify/verify.int.test.ts'),
  rebuild: of('packages/core-db/src/rebuild/rebuild.int.test.ts'),
  tamper: of('packages/core-db/src/audit/tamper.int.test.ts'),
  bus: of('packages/bus/src/bus.int.test.ts'),
  backoff: of('packages/bus/src/backoff.test.ts'),
  agents: of('packages/agent-kit/src/run-agent.int.test.ts'),
  asking: of('packages/agent-kit/src/models/ask-model.int.test.ts'),
  approval: of('packages/events/src/approval-view.test.ts'),
  approved: of('apps/reviewer/src/approved.test.ts'),
  queen: of('apps/orchestrator/src/decide.test.ts'),
  logger: of('packages/agent-kit/src/logger.int.test.ts'),
  submit: of('packages/front-desk/src/submit.int.test.ts'),
  merge: of('apps/reviewer/src/merge.int.test.ts'),
  batch: of('apps/reviewer/src/merge/batch.int.test.ts'),
  returned: of('packages/front-desk/src/return-approved.int.test.ts'),
  deliver: of('packages/workspace/src/git/deliver.int.test.ts'),
  prove: of('packages/workspace/src/proof/prove.int.test.ts'),
  runner: of('packages/workspace/src/command/runner.int.test.ts'),
};
