import { found, type Ecosystem, type Top } from './top.ts';

const has = (top: Top, name: string): boolean => top.names.has(name);

const makefileOf = (top: Top): Promise<string> =>
  top.text(['GNUmakefile', 'makefile', 'Makefile'].find((name) => has(top, name)) ?? 'Makefile');

/** The first of these that the Makefile knows how to make. */
const targetIn = (makefile: string, targets: readonly string[]): string | undefined =>
  targets.find((target) => new RegExp(`^${target}\\s*:(?!=)`, 'm').test(makefile));

/** A Makefile with a target for tests, and maybe one that fetches what they need. Never `install`, which is for the machine. */
export const make: Ecosystem = {
  check: async (top) => {
    const target = targetIn(await makefileOf(top), ['test', 'check']);
    return target === undefined ? null : found(`make ${target}`, ['make', target]);
  },
  install: async (top) => {
    const target = targetIn(await makefileOf(top), ['deps', 'setup', 'bootstrap']);
    return target === undefined ? null : { argv: ['make', target], lockfile: null };
  },
};

/** Go modules. Without a go.sum there is nothing to download, but still the standard library to compile once and not for each check. */
export const go: Ecosystem = {
  check: async (top) => (has(top, 'go.mod') ? found('go test', ['go', 'test', './...']) : null),
  install: async (top) =>
    has(top, 'go.mod') ? { argv: ['go', 'mod', 'download'], lockfile: has(top, 'go.sum') ? 'go.sum' : null } : null,
};

/** Cargo, with all packages of a workspace. */
export const cargo: Ecosystem = {
  check: async (top) => {
    if (!has(top, 'Cargo.toml')) return null;
    const isWorkspace = /^\[workspace\]/m.test(await top.text('Cargo.toml'));
    return found('cargo test', ['cargo', 'test', ...(isWorkspace ? ['--workspace'] : [])]);
  },
  install: async (top) => {
    if (has(top, 'Cargo.lock')) return { argv: ['cargo', 'fetch', '--locked'], lockfile: 'Cargo.lock' };
    const needs = /^\[(?:\w+[.-])*dependencies[\].]/m.test(await top.text('Cargo.toml'));
    return needs ? { argv: ['cargo', 'fetch'], lockfile: null } : null;
  },
};

const only = (name: string, check: string, argv: string[]): Ecosystem => ({
  check: async (top) => (has(top, name) && !has(top, 'package.json') ? found(check, argv) : null),
  install: async () => null,
});

/** Kinds whose dependencies are brought by who runs them. */
export const others: readonly Ecosystem[] = [
  only('pom.xml', 'mvn test', ['mvn', '--batch-mode', '--offline', 'test']),
  only('mix.exs', 'mix test', ['mix', 'test']),
  only('deno.json', 'deno test', ['deno', 'test']),
];
