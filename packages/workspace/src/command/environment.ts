import { delimiter, isAbsolute, join } from 'node:path';

/** The environment of the Hive process, handed in by whoever reads it. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * The user's own PATH entries, and those that are withheld: what npm and npx put in front when they started Hive,
 * and relative ones, which would mean folders of the worktree.
 */
export const splitPath = (path: string | undefined): { kept: string[]; withheld: string[] } => {
  const entries = [...new Set((path ?? '/usr/local/bin:/usr/bin:/bin').split(delimiter).filter(Boolean))];
  const addedByNpm = (entry: string) => /(?:^|\/)node_modules\/\.bin\/?$|(?:^|\/)node-gyp-bin\/?$/.test(entry);
  const withheld = entries.filter((entry) => addedByNpm(entry) || !isAbsolute(entry));
  return { kept: entries.filter((entry) => !withheld.includes(entry)), withheld };
};

const networkNames =
  /^(?:https?_proxy|no_proxy|all_proxy|node_extra_ca_certs|ssl_cert_(?:file|dir)|curl_ca_bundle|requests_ca_bundle|pip_(?:cert|index_url|extra_index_url|find_links|default_timeout)|npm_config_(?:registry|cafile)|yarn_npm_registry_server|corepack_(?:npm_registry|integrity_keys)|goproxy|gosumdb|gonosumdb|cargo_http_cainfo|cargo_registries_\w+_index|uv_(?:index|index_url|extra_index_url|default_index))$/i;

/** Variables that a setup may see because the registries cannot be reached without them. Never with a password inside. */
export const forNetwork = (name: string, value: string): boolean =>
  networkNames.test(name) && !/\/\/[^/]*@/.test(value);

/**
 * What a command of the repository sees: an allow-list, folders of its own, and the names that the user passes on.
 * `mark` is found again in /proc by whoever has to end what a killed agent left behind.
 */
export const commandEnv = (request: {
  readonly source: Env;
  readonly path: readonly string[];
  readonly worktree: string;
  readonly home: string;
  readonly tmp: string;
  readonly passEnv: readonly string[];
  /** `proxy`: through Hive's, which the command is told of when it starts. */
  readonly network: 'none' | 'open' | 'proxy';
  readonly extra: Readonly<Record<string, string>>;
  readonly mark: string;
}): Record<string, string> => {
  const { source, passEnv, network } = request;
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) {
    if (value === undefined) continue;
    const allowed = name === 'LANG' || name.startsWith('LC_') || passEnv.includes(name);
    const reaches = network !== 'none' && forNetwork(name, value) && !(network === 'proxy' && /_proxy$/i.test(name));
    if (allowed || reaches) env[name] = value;
  }
  return {
    ...env,
    ...request.extra,
    PATH: commandPath(request.worktree, request.path).join(delimiter),
    TERM: 'dumb',
    CI: 'true',
    HOME: request.home,
    TMPDIR: request.tmp,
    // The worktree has no .git; a git below HIVE_HOME must not take the folder's surroundings for its repository.
    GIT_CEILING_DIRECTORIES: join(request.worktree, '..'),
    PYTHONDONTWRITEBYTECODE: '1',
    HIVE_STEP_GROUP: request.mark,
  };
};

/** The worktree's own tools first, then the user's PATH. */
export const commandPath = (worktree: string, path: readonly string[]): string[] => [
  join(worktree, '.venv', 'bin'),
  join(worktree, 'node_modules', '.bin'),
  ...path,
];
