import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createBus, derivedId } from '@hive/bus';
import { loadConfig } from '@hive/config';
import { createArtefacts, openStore } from '@hive/core-db';
import { Plan, streams, type Evidence, type NewEvent, type PlannedTask, type WorkflowView } from '@hive/events';
import { onTestFinished } from 'vitest';
import { createDesk, type Examples, type Means } from '../index.ts';

/** A commit. */
export const sha = 'a'.repeat(40);

/** A change that was proven at {@link sha}. */
export const evidence: Evidence = {
  ...{ base: sha, head: sha, tree: sha, patch: 'b'.repeat(64), author: 'ollama:m@box', commands: [], redBefore: 'red' },
  ...{ greenAfter: true, checkedBy: { agent: 'w', host: 'h' }, sandbox: 'none', at: '2026-01-01T00:00:00Z' },
};

/** A folder that is gone after the test. */
export const folder = (): string => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'hive-desk-')));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

/** A front desk on a store of its own, and a queen's hand to move work on. `yaml` is the hive.yaml. */
export const openHouse = async ({
  yaml = '',
  means = {},
  examples,
}: { readonly yaml?: string; readonly means?: Partial<Means>; readonly examples?: Examples } = {}) => {
  const home = join(folder(), 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'hive.yaml'), yaml);
  const config = await loadConfig({ env: { HOME: home, HIVE_HOME: home }, cwd: home, cloneRoot: null });
  const store = await openStore({ home });
  const bus = createBus(store, 'test/desk');
  onTestFinished(async () => {
    bus.close();
    await store.close();
  });
  const artefacts = createArtefacts(home);
  const desk = createDesk({ bus, artefacts, config, means, ...(examples && { examples }) });

  const move = (workflowId: string, ...events: NewEvent[]) =>
    bus.command({ events, correlationId: workflowId, on: streams.workflow(workflowId) });

  const submissionOf = async (workflowId: string) => {
    const { heads } = await store.heads([streams.workflow(workflowId)]);
    return (heads.get(streams.workflow(workflowId))?.view as WorkflowView).submission;
  };

  const planOf = async (workflowId: string): Promise<Plan> => {
    const bytes = await artefacts.get((await submissionOf(workflowId)).plan ?? '');
    return Plan.parse(JSON.parse(String(bytes)));
  };

  /** What the planner and the queen do first: the stored plan becomes tasks. */
  const start = async (workflowId: string): Promise<readonly PlannedTask[]> => {
    const { plan } = await submissionOf(workflowId);
    const { tasks } = await planOf(workflowId);
    const stream = streams.workflow(workflowId);
    await move(
      workflowId,
      {
        type: 'workflow.plan_generated',
        stream,
        data: {
          workflowId,
          plan: plan ?? '',
          by: 'submit',
          tasks: tasks.map(({ id, key, needs }) => ({ id, key, needs })),
        },
      },
      { type: 'workflow.started', stream, data: { workflowId, tasks: tasks.length } },
      ...tasks.map((spec): NewEvent => ({
        type: 'task.created',
        stream: streams.task(spec.id),
        data: { taskId: spec.id, workflowId, spec },
      })),
    );
    return tasks;
  };

  return { home, config, store, bus, artefacts, desk, move, start, planOf, submissionOf };
};

/** A repository with one commit of these files. */
export const makeRepo = (files: Readonly<Record<string, string>> = { 'a.txt': 'one\n' }) => {
  const dir = folder();
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], {
      cwd: dir,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  const write = (changes: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(changes)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
  };
  const commit = (changes: Readonly<Record<string, string>>, subject: string): string => {
    write(changes);
    git('add', '-A');
    git('commit', '-q', '-m', subject);
    return git('rev-parse', 'HEAD').trim();
  };
  git('init', '-q', '-b', 'main');
  const base = commit(files, 'Begin');
  return { dir, git, write, commit, base };
};

/** A patch that makes a.txt say `two`. */
export const patch = `diff --git a/a.txt b/a.txt
--- a/a.txt
+++ b/a.txt
@@ -1 +1 @@
-one
+two
`;

/** An id that nothing has. */
export const nobody = derivedId('0199c0de-0000-7000-8000-000000000000', 'nobody');
