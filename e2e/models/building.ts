import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRepo, openHouse } from '@hive/agent-kit/testing';
import { createArtefacts, type Artefacts, type Store } from '@hive/core-db';
import { isWorkflowOpen, type Comparison, type Desk, type Result, type SubmitRequest } from '@hive/events';
import { createDesk } from '@hive/front-desk';
import { startModelServer, type ModelServer, type Rule } from '@hive/model-server';
import orchestrator from '../../apps/orchestrator/src/agent.ts';
import planner from '../../apps/planner/src/agent.ts';
import reviewer from '../../apps/reviewer/src/agent.ts';
import worker from '../../apps/worker/src/agent.ts';

/** A whole Hive in this process whose boxes are doubles: real agents, real repositories, real checks. */
export type Building = Awaited<ReturnType<typeof openBuilding>>;

const patienceMs = 60_000;

/** Opens a building; `boxes` are doubles by the name of their box, `yaml` is what hive.yaml says beside them. */
export const openBuilding = async ({
  boxes = {},
  yaml = '',
  more = {},
  env = {},
  before = () => Promise.resolve(),
}: {
  readonly boxes?: Readonly<Record<string, readonly Rule[]>>;
  readonly yaml?: string;
  /** Boxes that are no doubles, by their addresses. */
  readonly more?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** What happens to the store before anybody works on it. */
  readonly before?: (at: { folder: string; store: Store; artefacts: Artefacts }) => Promise<void>;
}) => {
  const servers = new Map<string, ModelServer>();
  for (const [name, rules] of Object.entries(boxes))
    servers.set(name, await startModelServer({ scenario: { name, models: [{ name: 'tiny' }], rules: [...rules] } }));
  const first = [...servers.keys()][0] ?? '';
  const models = yaml === '' ? `models: { planner: ["ollama:tiny@${first}"], worker: ["ollama:tiny@${first}"] }` : yaml;
  const urls = [...[...servers].map(([name, { url }]) => [name, url] as const), ...Object.entries(more)];
  const agents = urls.map(([name, url]) => `${name}: { endpoint: "${url}" }`).join(', ');
  const house = await openHouse({
    env,
    yaml: `hive: { sandbox: { mode: off, allowUnsandboxed: true }, disk: { floorGb: 0 }, agents: { ${agents} }, ${models} }`,
  });
  const artefacts = createArtefacts(house.config.home);
  await before({ folder: house.folder, store: house.store, artefacts });
  const desk: Desk = createDesk({ bus: house.bus, artefacts, config: house.config });
  for (const agent of [orchestrator, planner, reviewer]) await house.start(agent as typeof planner);
  await house.start(worker, 'worker-1');

  const ended = async (id: string): Promise<Result> => {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const result = await desk.workflow(id);
      if (!isWorkflowOpen(result.status as 'running')) return result; // a Result's status has one more word, and that one is open
      if (performance.now() > deadline) throw new Error(`workflow ${id} is still ${result.status}`);
      await new Promise((later) => setTimeout(later, 20));
    }
  };

  return {
    ...house,
    desk,
    servers,
    ended,
    repo: (files: Readonly<Record<string, string>>) => {
      const folder = join(house.folder, 'work');
      mkdirSync(folder, { recursive: true });
      return createRepo(folder, files);
    },
    run: async (request: SubmitRequest): Promise<Result> => ended((await desk.submit(request)).id),
    replay: async (
      id: string,
      ...more: Parameters<Desk['replay']> extends [string, ...infer R] ? R : never
    ): Promise<{ result: Result; comparison: Comparison }> => {
      const { id: again } = await desk.replay(id, ...more);
      const result = await ended(again);
      return { result, comparison: await desk.comparison(again) };
    },
    close: async () => {
      await house.close();
      for (const server of servers.values()) await server.stop();
    },
  };
};
