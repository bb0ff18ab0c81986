// Records the replay corpus: plays every scene on a real queen, queue and store, and writes what happened and what was decided.
// Usage: node e2e/corpus/record.ts [NAME…]   (all scenes without a name)
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { hiveVersion } from '@hive/config';
import { rebuildProjections, type LoggedEvent } from '@hive/core-db';
import { derivedId } from '@hive/bus';
import { Plan, type HiveEvent } from '@hive/events';
import { assignment } from '../../packages/bus/src/new-step.ts';
import { canonical } from './canonical.ts';
import { realScenes } from './real-scenes.ts';
import { replay } from './replay.ts';
import { playedScenes, type Scene } from './scenes.ts';
import { openStage, type Stage } from './stage.ts';
import { writeTrace, type RecordedLine } from './trace-file.ts';

const folder = join(import.meta.dirname, 'traces');
const say = (text: string) => process.stdout.write(`${text}\n`);

/** The log of a workflow as lines, in log order, without anything of this machine. */
const linesOf = async (stage: Stage, workflow: string): Promise<RecordedLine[]> => {
  const { events } = await stage.store.events({ correlationId: workflow, limit: 100_000 });
  const clean = <T>(value: T): T =>
    // Only texts are replaced, so the shape stays.
    JSON.parse(
      JSON.stringify(value)
        .replaceAll(`${stage.folder}/work`, '/recorded')
        .replaceAll(stage.folder, '/recorded')
        .replaceAll(hostname(), 'host-1'),
    ) as T;
  const lines: RecordedLine[] = [];
  let hash: string | null = null;
  for (const { cursor: _, stored: __, ...event } of events satisfies readonly LoggedEvent[]) {
    if (event.type === 'workflow.plan_generated') hash = event.data.plan;
    // A plan that a person has answered is begun, or not, as it was made.
    const named = event.type === 'workflow.plan_generated' || event.type === 'approval.decided';
    const plan = named && hash !== null ? await planOf(stage, hash) : null;
    lines.push(clean({ event: event, ...(plan && { plan }) }));
  }
  return lines;
};

const planOf = async (stage: Stage, hash: string) =>
  Plan.parse(JSON.parse(String(await stage.artefacts.get(hash)))).tasks;

/** What the queen recorded is what the replay decides: nothing of hers may come from anywhere else. */
const assertOwn = (lines: readonly RecordedLine[], decided: ReturnType<typeof replay>['decided']): void => {
  const ids = new Set(lines.map(({ event }) => event.id));
  const wanted = new Map<string, unknown>();
  lines.forEach(({ event }, index) => {
    const told = decided[index]?.flatMap(({ events, step }) => [...events, ...(step ? [assignment(step, null)] : [])]);
    told?.forEach((it, ordinal) => wanted.set(derivedId(event.id, `orchestrator ${ordinal}`), it.type));
  });
  for (const { event } of lines.filter((it) => it.event.actor.startsWith('orchestrator/')))
    if (!isOfTime(event) && wanted.get(event.id) !== event.type)
      throw new Error(`${event.type} ${event.id} was not decided by the fold of its trace`);
  if (![...wanted.keys()].some((id) => ids.has(id))) throw new Error('nothing that was decided was recorded');
};

/** What she records because a moment has come. */
const isOfTime = ({ type, data }: HiveEvent): boolean =>
  type === 'task.lease_expired' || (type === 'approval.expired' && !('reason' in data));

const record = async (name: string, scene: Scene, hands: 'real' | 'played'): Promise<void> => {
  const stage = await openStage({ hands });
  try {
    const workflow = await scene.act(stage);
    const broken = await stage.broken();
    const rebuilt = await rebuildProjections({ home: stage.config.home });
    if (broken.length > 0 || rebuilt.differing > 0)
      throw new Error([...broken, ...rebuilt.differences.map((it) => JSON.stringify(it))].join('\n'));
    const lines = await linesOf(stage, workflow);
    const { decided, views } = replay(lines);
    assertOwn(lines, decided);
    const told = lines.map((line, index) => ({ ...line, ...(decided[index]?.length && { decided: decided[index] }) }));
    writeTrace(
      join(folder, `${name}.jsonl`),
      canonical({ name, says: scene.says, hive: hiveVersion, lines: told, views }),
    );
    say(`${name}: ${lines.length} events`);
  } finally {
    await stage.close();
  }
};

const wanted = process.argv.slice(2);
const scenes = [
  ...Object.entries(playedScenes).map(([name, scene]) => ({ name, scene, hands: 'played' as const })),
  ...Object.entries(realScenes).map(([name, scene]) => ({ name, scene, hands: 'real' as const })),
].filter(({ name }) => wanted.length === 0 || wanted.includes(name));
if (scenes.length === 0) throw new Error(`there is no scene ${wanted.join(', ')}`);
mkdirSync(folder, { recursive: true });
const failed: string[] = [];
for (const { name, scene, hands } of scenes)
  await record(name, scene, hands).catch((error: unknown) => {
    failed.push(name);
    say(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  });
if (failed.length > 0) process.exitCode = 1;
