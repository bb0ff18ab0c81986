import { baseName } from './rule.ts';

/** Which manifests a lock file is made from, by their names. */
type Ecosystem = { readonly locks: readonly string[]; readonly manifest: RegExp };

/** The ways of the ecosystems to say and to lock what a project needs. */
export const ecosystems: readonly Ecosystem[] = [
  {
    locks: ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb'],
    manifest: /^(?:package\.json|pnpm-workspace\.yaml|\.npmrc|\.yarnrc\.yml)$/,
  },
  { locks: ['poetry.lock', 'uv.lock', 'pdm.lock'], manifest: /^(?:pyproject\.toml|uv\.toml)$/ },
  { locks: ['Pipfile.lock'], manifest: /^Pipfile$/ },
  { locks: ['Cargo.lock'], manifest: /^Cargo\.toml$/ },
  { locks: ['go.sum', 'go.work.sum'], manifest: /^go\.(?:mod|work)$/ },
  { locks: ['Gemfile.lock', 'gems.locked'], manifest: /^(?:Gemfile|gems\.rb|.*\.gemspec)$/ },
  { locks: ['composer.lock'], manifest: /^composer\.json$/ },
  { locks: ['mix.lock'], manifest: /^mix\.exs$/ },
];

const locks = new Set(ecosystems.flatMap((it) => it.locks));

export const isLockFile = (path: string): boolean => locks.has(baseName(path));

/** What a manifest asks for, by name, and in which version. */
export type Wanted = ReadonlyMap<string, string>;

type Reader = readonly [name: RegExp, read: (text: string) => Iterable<readonly [string, string]>];

const readers: readonly Reader[] = [
  [
    /^package\.json$/,
    (text) =>
      ofJson(text, [
        'dependencies',
        'devDependencies',
        'optionalDependencies',
        'peerDependencies',
        'overrides',
        'resolutions',
      ]),
  ],
  [/^composer\.json$/, (text) => ofJson(text, ['require', 'require-dev'])],
  [/^pyproject\.toml$/, (text) => ofToml(text, pythonTable)],
  [/^Pipfile$/, (text) => ofToml(text, (table) => (/^(?:dev-)?packages$/.test(table) ? 'keys' : null))],
  [
    /^Cargo\.toml$/,
    (text) =>
      ofToml(text, (table) => (/(?:^|\.)(?:dev-|build-)?dependencies(?:\.|$)|^patch\./.test(table) ? 'keys' : null)),
  ],
  [/^(?:.*requirements.*\.(?:txt|in)|constraints.*\.txt)$/, (text) => ofRequirements(text)],
  [/^go\.mod$/, (text) => ofGoMod(text)],
  [
    /^(?:Gemfile|gems\.rb|.*\.gemspec)$/,
    (text) => ofLines(text, /^\s*(?:gem|\w+\.add_(?:runtime_|development_)?dependency)[ (]+['"]([^'"]+)['"](.*)$/),
  ],
  [/^mix\.exs$/, (text) => ofLines(text, /^\s*\[?\s*\{:(\w+),(.*)$/)],
  [
    /^build\.gradle(?:\.kts)?$/,
    (text) =>
      ofLines(
        text,
        /^\s*(?:api|implementation|compileOnly|runtimeOnly|classpath|kapt|annotationProcessor|test\w+)[ (]+['"]([^:'"]+:[^:'"]+)(.*)$/,
      ),
  ],
  [/^pom\.xml$/, (text) => ofPom(text)],
];

export const isManifest = (path: string): boolean => readers.some(([name]) => name.test(baseName(path)));

/** Reads what a manifest asks for; null where it cannot be read. */
export const wantedIn = (path: string, text: string): Wanted | null => {
  const read = readers.find(([name]) => name.test(baseName(path)))?.[1];
  try {
    return read ? new Map(read(text)) : null;
  } catch {
    return null;
  }
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function* ofJson(text: string, keys: readonly string[]): Iterable<readonly [string, string]> {
  const manifest: unknown = JSON.parse(text);
  if (!isObject(manifest)) throw new Error('no object');
  for (const key of keys) {
    const wanted = manifest[key];
    if (isObject(wanted)) for (const [name, spec] of Object.entries(wanted)) yield [name, JSON.stringify(spec)];
  }
}

function* ofLines(text: string, shape: RegExp): Iterable<readonly [string, string]> {
  for (const line of text.split('\n')) {
    const [, name, spec = ''] = shape.exec(line) ?? [];
    if (name !== undefined) yield [name, spec.trim()];
  }
}

function* ofRequirements(text: string): Iterable<readonly [string, string]> {
  for (const raw of text.replace(/\\\r?\n/g, ' ').split('\n')) {
    const line = raw.replace(/(?:^|\s)#.*$/, '').trim();
    if (line === '' || /^-(?:r|c|e \.)|^--(?:hash|requirement|constraint)/.test(line)) continue;
    const name = /^[\w.-]+/.exec(line)?.[0] ?? line;
    yield [
      name.toLowerCase(),
      line
        .replace(/\s*--hash=\S+/g, '')
        .slice(name.length)
        .trim(),
    ];
  }
}

function* ofGoMod(text: string): Iterable<readonly [string, string]> {
  let block = '';
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\/\/.*$/, '').trim();
    const [, opened] = /^(require|replace|tool)\s*\($/.exec(line) ?? [];
    if (opened !== undefined) block = opened;
    else if (line === ')') block = '';
    else {
      const [, word = '', rest = ''] = /^(?:(require|replace|tool)\s+)?(.+)$/.exec(line) ?? [];
      const of = word === '' ? block : word;
      const [name, ...version] = rest.split(/\s+/);
      if (of !== '' && name !== undefined && name !== '')
        yield [of === 'require' ? name : `${of} ${name}`, version.join(' ')];
    }
  }
}

function* ofPom(text: string): Iterable<readonly [string, string]> {
  for (const part of text.split('</dependency>').slice(0, -1)) {
    const body = part.slice(part.lastIndexOf('<dependency>'));
    const valueOf = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1]?.trim() ?? '';
    yield [`${valueOf('groupId')}:${valueOf('artifactId')}`, valueOf('version')];
  }
}

/** How a table of TOML names what is needed: by its keys, or in lists that are its values. */
type Shape = 'keys' | 'lists' | null;

const pythonTable = (table: string, key: string): Shape => {
  if (/^tool\.(?:poetry|pdm)(?:\.group\.[^.]+)?\.(?:dev-)?dependencies$/.test(table)) return 'keys';
  if (/^(?:project\.optional-dependencies|dependency-groups)$/.test(table)) return 'lists';
  if (table === 'project' && key === 'dependencies') return 'lists';
  return table === 'build-system' && key === 'requires' ? 'lists' : null;
};

/** As much of TOML as manifests have: tables, keys with values in a line, and lists over several. */
function* ofToml(text: string, shapeOf: (table: string, key: string) => Shape): Iterable<readonly [string, string]> {
  let table = '';
  let list: string | null = null;
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\s+#.*$|^#.*$/, '').trim();
    if (list !== null) {
      yield* inList(line);
      if (/\]\s*$/.test(line)) list = null;
      continue;
    }
    const named = /^\[\[?([^\]]+)\]\]?$/.exec(line)?.[1];
    if (named !== undefined) {
      table = named.replace(/["'\s]/g, '');
      const own = /(?:^|\.)(?:dev-|build-)?dependencies\.([^.]+)$/.exec(table)?.[1];
      if (own !== undefined && shapeOf(table, '') === 'keys') yield [own, 'a table'];
      continue;
    }
    const [, key = '', value = ''] = /^["']?([\w.-]+)["']?\s*=\s*(.*)$/.exec(line) ?? [];
    const shape = key === '' ? null : shapeOf(table, key);
    if (shape === null) continue;
    if (shape === 'keys') yield [/\.[^.]*dependencies\.[^.]+$/.test(`.${table}`) ? `${table}.${key}` : key, value];
    else {
      yield* inList(value);
      if (value.startsWith('[') && !/\]\s*$/.test(value)) list = key;
    }
  }
}

function* inList(line: string): Iterable<readonly [string, string]> {
  for (const [, text = ''] of line.matchAll(/["']([^"']+)["']/g)) {
    const name = /^[\w.-]+/.exec(text)?.[0] ?? text;
    yield [name.toLowerCase(), text.slice(name.length)];
  }
}
