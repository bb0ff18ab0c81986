import { isIPv4 } from 'node:net';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hostOf, type Grant } from '../egress/grants.ts';
import { forNetwork, type Env } from './environment.ts';

/** What says where a registry is: a line of a file, or a variable. */
type Setting = readonly [name: string, value: string];

const pip = /^\s*(?:\[global\]|(?:index-url|extra-index-url|find-links|cert|proxy|trusted-host)\s*=)/;

/** Files of package managers, and the settings in them that say where a registry is. */
const files: Readonly<Record<string, RegExp>> = {
  '.npmrc':
    /^\s*(?:(?:@[\w.-]+:)?registry|cafile|strict-ssl|https?-proxy|proxy|noproxy|omit-lockfile-registry-resolved|replace-registry-host)\s*=/,
  '.yarnrc.yml': /^(?:npmRegistryServer|httpsCaFilePath)\s*:/,
  '.pip/pip.conf': pip,
  '.config/pip/pip.conf': pip,
  '.config/uv/uv.toml': /^\s*(?:\[\[index\]\]|(?:name|url|default|index-url|extra-index-url)\s*=)/,
  '.config/go/env': /^(?:GOPROXY|GOSUMDB|GONOSUMDB|GONOPROXY|GOPRIVATE|GOTOOLCHAIN)=/,
  '.cargo/config.toml':
    /^\s*(?:\[(?:source|registries|registry|http|net)\b.*\]|(?:registry|index|replace-with|protocol|cainfo|default)\s*=)/,
};

const proxyLine = /^\s*(?:https?-proxy|proxy|noproxy)\s*=/;

/**
 * Copies from the user's home only the lines that say where registries are, never one with a password or a token, and answers them.
 * Behind Hive's own proxy those about another one are left out: it cannot be reached from there.
 */
export const registryFiles = async (
  userHome: string | undefined,
  home: string,
  proxies: 'kept' | 'left out' = 'kept',
): Promise<Setting[]> => {
  if (userHome === undefined) return [];
  const settings: Setting[] = [];
  for (const [name, wanted] of Object.entries(files)) {
    const text = await readFile(join(userHome, name), 'utf8').catch(() => '');
    const lines = registryLines(text, wanted).filter((line) => proxies === 'kept' || !proxyLine.test(line));
    if (lines.length === 0) continue;
    await mkdir(dirname(join(home, name)), { recursive: true });
    await writeFile(join(home, name), `${lines.join('\n')}\n`);
    settings.push(...lines.flatMap(settingOf));
  }
  return settings;
};

/** The wanted lines without those that carry a secret (`//user:password@`, `${VARIABLE}`). */
const registryLines = (text: string, wanted: RegExp): string[] =>
  text.split(/\r?\n/).filter((line) => wanted.test(line) && !/\/\/[^/\s]*@|\$\{/.test(line));

const settingOf = (line: string): Setting[] => {
  const parts = /^\s*(\S+?)\s*[=:](?!registry)\s*(.*)$/.exec(line);
  return parts ? [[parts[1] ?? '', parts[2] ?? '']] : [];
};

/** Proxies that the user has told npm of, in the names of the environment; with their passwords, so for Hive's own use only. */
export const npmProxies = async (userHome: string | undefined): Promise<Env> => {
  const text = userHome === undefined ? '' : await readFile(join(userHome, '.npmrc'), 'utf8').catch(() => '');
  const read = (name: string) => new RegExp(`^\\s*${name}\\s*=\\s*(\\S+)`, 'm').exec(text)?.[1];
  return { http_proxy: read('proxy'), https_proxy: read('https-proxy'), no_proxy: read('noproxy') };
};

/** Where the tools of one kind fetch from, and the settings by which a user says otherwise. */
type Source = {
  readonly tools: RegExp;
  readonly hosts: readonly string[];
  readonly replacedBy: RegExp;
  readonly addedBy?: RegExp;
};

const go = /^go$/;
const sources: readonly Source[] = [
  {
    tools: /^(?:npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack|bun)$/,
    hosts: ['registry.npmjs.org', 'registry.yarnpkg.com', 'repo.yarnpkg.com'],
    replacedBy: /^(?:npm_config_)?registry$|^npmRegistryServer$|^yarn_npm_registry_server$/i,
    addedBy: /^@[\w.-]+:registry$|^corepack_npm_registry$/i,
  },
  {
    tools: /^(?:python[\d.]*|pip[\d.]*|pipx?|uvx?|poetry|pipenv|pdm|hatch|tox|nox)$/,
    hosts: ['pypi.org', 'files.pythonhosted.org'],
    replacedBy: /^(?:pip_)?index[-_]url$|^uv_(?:default_index|index_url)$/i,
    addedBy: /^(?:pip_|uv_)?(?:extra[-_]index[-_]url|find[-_]links)$|^uv_index$|^url$/i,
  },
  { tools: go, hosts: ['proxy.golang.org'], replacedBy: /^goproxy$/i },
  { tools: go, hosts: ['sum.golang.org'], replacedBy: /^gosumdb$/i },
  {
    tools: /^(?:cargo|rustup|rustc)$/,
    hosts: ['index.crates.io', 'static.crates.io', 'crates.io'],
    replacedBy: /^$/,
    addedBy: /^(?:registry|index)$|^cargo_registries_\w+_index$/i,
  },
];

/**
 * The registries that a setup may reach: those of the tools that its command names, or of all when it names none (make, a script), unless
 * the user's own configuration names others instead. What the repository names is not asked.
 */
export const registryGrants = (argv: readonly string[], told: readonly Setting[], env: Env): Grant[] => {
  const settings = [...told, ...Object.entries(env).flatMap(([name, value]) => toldBy(name, value))];
  const words = argv.flatMap((word) => word.split(/[^\w.-]+/));
  const named = sources.filter(({ tools }) => words.some((word) => tools.test(word)));
  return (named.length > 0 ? named : sources).flatMap(({ hosts, replacedBy, addedBy }) => {
    const instead = settings.filter(([name]) => replacedBy.test(name));
    const besides = settings.filter(([name]) => addedBy?.test(name));
    const usual = hosts.map((host): Grant => ({ host, below: false, port: null, registry: true }));
    return [...(instead.length > 0 ? instead.flatMap(grantsIn) : usual), ...besides.flatMap(grantsIn)];
  });
};

const toldBy = (name: string, value: string | undefined): Setting[] =>
  value !== undefined && forNetwork(name, value) ? [[name, value]] : [];

const grantsIn = ([, value]: Setting): Grant[] => {
  const urls = value.match(/https?:\/\/[^\s,|"'\]]+/g) ?? [];
  // A database of checksums is named without a scheme.
  const bare = urls.length === 0 ? (/^[\w-]+(?:\.[\w-]+)+(?=[\s+]|$)/.exec(value) ?? []) : [];
  return [...urls, ...bare.map((name) => `https://${name}`)].flatMap((text): Grant[] => {
    const url = URL.parse(text);
    const host = url && (isIPv4(url.hostname) ? url.hostname : hostOf(url.hostname));
    if (!host) return [];
    return [{ host, below: false, port: Number(url.port) || (url.protocol === 'http:' ? 80 : 443), registry: true }];
  });
};
