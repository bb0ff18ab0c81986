import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { factsOf, type SourceFacts } from './source-facts.ts';

/** The repository as the rules see it: every file's path, relative to the root, and its text. */
export type Building = ReadonlyMap<string, string>;

/** A workspace: its folder and what its package.json says. */
interface Room {
  readonly folder: string;
  readonly name: string;
  readonly layer: string;
  readonly runs: string;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  readonly doors: readonly string[];
}

interface Source extends SourceFacts {
  readonly path: string;
  readonly room: Room;
  /** Tests, and what lies beside `src/`: builds, draws, measures. It runs on Node and may use the repository's tools. */
  readonly isTooling: boolean;
}

const mayUse: Record<string, readonly string[]> = {
  contract: ['contract'],
  platform: ['contract', 'platform'],
  agent: ['contract', 'platform'],
  app: ['contract', 'platform'],
  tools: ['contract', 'platform'],
};
const databases = ['drizzle-orm', 'pg', 'better-sqlite3'];
const builtins = new Set(builtinModules);

const isTooling = (path: string, { folder }: Room): boolean =>
  !path.startsWith(`${folder}/src/`) || /\.test\.ts$|\/testing(\/|\.ts$)/.test(path);
const isNode = (name: string): boolean => name.startsWith('node:') || builtins.has(name);
const isRelative = (name: string): boolean => name.startsWith('.') || name.startsWith('/');
const packageOf = (name: string): string => name.split('/', name.startsWith('@') ? 2 : 1).join('/');

/** Every broken rule as one sentence that starts with the file; empty when the building stands. */
export function violations(building: Building): string[] {
  const rooms = [...building.keys()]
    .filter((path) => /^(packages\/[^/]+|apps\/[^/]+|tools(\/[^/]+)?)\/package\.json$/.test(path))
    .map((path) => roomOf(posix.dirname(path), building.get(path) ?? '{}'))
    // A room inside of another one comes first: what lies there belongs to it.
    .sort((a, b) => b.folder.length - a.folder.length);
  const rootTools = Object.keys(manifest(building.get('package.json')).devDependencies ?? {});
  const sources = [...building].flatMap(([path, text]): Source[] => {
    const room = rooms.find(({ folder }) => path.startsWith(`${folder}/`));
    return room && /\.m?ts$/.test(path)
      ? [{ ...factsOf(path, text), path, room, isTooling: isTooling(path, room) }]
      : [];
  });
  return [
    ...rooms.flatMap((room) => doorSigns(room, building)),
    ...rooms.flatMap((room) => unusedIn(room, sources)),
    ...sources.flatMap((source) => [
      ...source.imports.flatMap((name) => importRules(source, name, rooms, rootTools)),
      ...contentRules(source),
    ]),
  ];
}

/** A room has a sign, a door, a place in the building, and no room for leftovers. */
function doorSigns({ folder, name, layer, runs }: Room, building: Building): string[] {
  const broken: string[] = [];
  const need = (holds: boolean, rule: string): void => void (holds || broken.push(`${folder}: ${rule}`));
  need(
    layer in mayUse && ['any', 'node', 'browser'].includes(runs),
    'package.json needs one "layer:" and one "runs:" tag',
  );
  need(name === `@hive/${posix.basename(folder)}`, `the package is named after its folder, not ${name}`);
  if (layer === 'tools') return broken;
  need(building.has(`${folder}/README.md`), 'README.md is missing');
  const door = folder.startsWith('packages/') ? 'src/index.ts' : 'src/main.ts';
  need(building.has(`${folder}/${door}`), `${door} is missing`);
  return broken;
}

/** What is declared is used, and what only tests use is declared for them. */
function unusedIn(room: Room, sources: readonly Source[]): string[] {
  const mine = sources.filter((source) => source.room === room);
  const usedBy = (files: readonly Source[]): Set<string> =>
    new Set(files.flatMap(({ imports }) => imports.map(packageOf)));
  const [anywhere, inSources] = [
    usedBy(mine),
    usedBy(mine.filter(({ isTooling }) => !isTooling || room.layer === 'tools')),
  ];
  return [
    ...room.dependencies.filter((name) => !inSources.has(name)),
    ...room.devDependencies.filter((name) => !anywhere.has(name) && !name.startsWith('@types/')),
  ].map(
    (name) =>
      `${room.folder}/package.json: declares ${name}, which ${anywhere.has(name) ? 'only its tests and tools import' : 'nothing imports'}`,
  );
}

function importRules(source: Source, name: string, rooms: readonly Room[], rootTools: readonly string[]): string[] {
  const { room, path } = source;
  const broken = (rule: string): string[] => [`${path}: imports ${name}; ${rule}`];
  if (isRelative(name)) {
    const inside = posix.join(posix.dirname(path), name).startsWith(`${room.folder}/`);
    return inside ? [] : broken('another room is imported by its name');
  }
  if (isNode(name)) {
    return room.runs === 'node' || source.isTooling ? [] : broken('this room runs without Node');
  }
  if (name.startsWith('virtual:')) return [];

  const to = rooms.find((other) => other.name === packageOf(name));
  if (to && to !== room) {
    const driven = to.layer === 'tools' && source.isTooling;
    if (!driven && !mayUse[room.layer]?.includes(to.layer)) return broken(`${room.layer} may not use ${to.layer}`);
    // What lies beside the sources runs in Node.
    const isShipped = room.runs === 'browser' && !source.isTooling;
    if (isShipped && to.layer !== 'contract') return broken('the browser sees contracts only');
    if (!to.doors.includes(name.replace(to.name, '.'))) return broken(`${to.name} has no such export`);
    if (driven) return [];
  }
  if (room.layer === 'agent' && databases.includes(packageOf(name))) return broken('an agent knows no database');
  const declared = [...room.dependencies, ...(source.isTooling ? [...room.devDependencies, ...rootTools] : [])];
  return declared.includes(packageOf(name)) ? [] : broken(`${room.folder}/package.json does not declare it`);
}

function contentRules({ path, room, isTooling, ...facts }: Source): string[] {
  const broken: string[] = [];
  if (facts.readsEnvironment && !isTooling && room.folder !== 'packages/config')
    broken.push('reads process.env; only packages/config does');
  if (facts.sql && room.layer === 'agent' && !isTooling)
    broken.push(`an agent contains no SQL: ${facts.sql.slice(0, 60)}`);
  if (facts.exportsEverything) broken.push('export * hides what the door opens to; name the exports');
  if (/\/(utils?|helpers?|common|types)(\.ts$|\/)/.test(path))
    broken.push('a name that says nothing; name the file after its idea');
  return broken.map((rule) => `${path}: ${rule}`);
}

interface Manifest {
  readonly name?: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly nx?: { readonly tags?: readonly string[] };
}

// The cast: package.json files are ours, and a wrong shape shows as a broken rule.
const manifest = (text = '{}'): Manifest => JSON.parse(text) as Manifest;

function roomOf(folder: string, text: string): Room {
  const { name = '', exports = {}, dependencies = {}, devDependencies = {}, nx } = manifest(text);
  const tag = (kind: string): string => {
    const found = (nx?.tags ?? []).filter((tag) => tag.startsWith(`${kind}:`));
    return found.length === 1 ? (found[0] ?? '').slice(kind.length + 1) : '';
  };
  return {
    ...{ folder, name, layer: tag('layer'), runs: tag('runs'), doors: Object.keys(exports) },
    ...{ dependencies: Object.keys(dependencies), devDependencies: Object.keys(devDependencies) },
  };
}
