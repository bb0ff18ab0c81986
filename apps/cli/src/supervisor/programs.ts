import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** One process of the building. `name` is the agent's name, `app` the folder of its program. */
export type Program = { readonly name: string; readonly app: string };

/** The processes that `hive up` starts: a plan, its work, two who check each other's work, a verdict, and the control room. */
export const programs: readonly Program[] = [
  { name: 'orchestrator', app: 'orchestrator' },
  { name: 'planner', app: 'planner' },
  { name: 'worker-1', app: 'worker' },
  { name: 'worker-2', app: 'worker' },
  { name: 'reviewer', app: 'reviewer' },
  { name: 'event-dashboard', app: 'event-dashboard' },
];

/** The roles without which no workflow comes to its end. */
export const neededRoles: readonly string[] = ['orchestrator', 'planner', 'worker', 'reviewer'];

/** The bundle of an app when it is what the sources say, else the sources; without sources there is no question. */
export const entryOf = async (root: string, app: string): Promise<string> => {
  const [built, source] = [join(root, 'apps', app, 'dist/main.js'), join(root, 'apps', app, 'src/main.ts')];
  if (!existsSync(source)) return built;
  if (!existsSync(built)) return source;
  const stamp = pathToFileURL(join(root, 'tools/build-stamp.mjs')).href;
  // Plain JavaScript of the checkout that the bundle must not swallow: it looks at the sources as they lie there now.
  const { isBuilt } = (await import(stamp)) as { isBuilt: (root: string, app: string) => boolean };
  return isBuilt(root, `apps/${app}`) ? built : source;
};
