import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempFolder } from '../testing.ts';
import { npmProxies, registryFiles, registryGrants } from './registries.ts';

test('a setup learns where registries are, and no token or password', async () => {
  const user = tempFolder();
  const home = tempFolder();
  mkdirSync(join(user, '.config', 'pip'), { recursive: true });
  writeFileSync(
    join(user, '.npmrc'),
    'registry=https://registry.example/\n//registry.example/:_authToken=secret\n@mine:registry=https://me:secret@x.example/\n@ours:registry=https://y.example/\nproxy=http://${USER}@p\nscript-shell=/evil\n',
  );
  writeFileSync(
    join(user, '.config/pip/pip.conf'),
    '[global]\nindex-url = https://u:secret@pypi.example\ncert = /ca.pem\n',
  );
  await registryFiles(user, home);
  expect(readFileSync(join(home, '.npmrc'), 'utf8')).toBe(
    'registry=https://registry.example/\n@ours:registry=https://y.example/\n',
  );
  expect(readFileSync(join(home, '.config/pip/pip.conf'), 'utf8')).toBe('[global]\ncert = /ca.pem\n');
  await registryFiles(undefined, home);
  expect(existsSync(join(home, '.cargo'))).toBe(false);
});

test('behind the proxy of Hive a setup is not told of another one; Hive itself uses it, password and all', async () => {
  const user = tempFolder();
  const home = tempFolder();
  writeFileSync(
    join(user, '.npmrc'),
    'registry=https://r.example/\nhttps-proxy=http://p:3128\nproxy=http://u:s@p:8080\n',
  );
  await registryFiles(user, home, 'left out');
  expect(readFileSync(join(home, '.npmrc'), 'utf8')).toBe('registry=https://r.example/\n');
  expect(await npmProxies(user)).toMatchObject({ https_proxy: 'http://p:3128', http_proxy: 'http://u:s@p:8080' });
});

const hosts = (command: string, told: [string, string][] = [], env: Record<string, string> = {}) =>
  registryGrants(command.split(' '), told, env).map(({ host, port }) => (port === null ? host : `${host}:${port}`));

test('a setup may reach the registries of the tools that it names, and all when it names none', () => {
  expect(hosts('npm ci')).toEqual(['registry.npmjs.org', 'registry.yarnpkg.com', 'repo.yarnpkg.com']);
  expect(hosts('sh -c python3\u0020-m\u0020venv\u0020.venv')).toEqual(['pypi.org', 'files.pythonhosted.org']);
  expect(hosts('go mod download')).toEqual(['proxy.golang.org', 'sum.golang.org']);
  expect(hosts('cargo fetch --locked')).toContain('static.crates.io');
  expect(hosts('make deps')).toHaveLength(10);
});

test("what the user's own configuration names takes the place of the usual ones, or comes besides", () => {
  const mirror = { npm_config_registry: 'http://10.0.0.5:4873/', PIP_INDEX_URL: 'https://u:secret@pypi.corp/simple' };
  expect(hosts('npm ci', [], mirror)).toEqual(['10.0.0.5:4873']);
  // It has a password, so the setup is not told of it either.
  expect(hosts('pip install x', [], mirror)).toEqual(['pypi.org', 'files.pythonhosted.org']);
  expect(hosts('npm ci', [['@ours:registry', 'https://npm.corp/']])).toContain('npm.corp:443');
  expect(hosts('npm ci', [['@ours:registry', 'https://npm.corp/']])).toContain('registry.npmjs.org');
  expect(hosts('uv sync', [['extra-index-url', 'https://a.corp/s http://b.corp/s']])).toEqual(
    expect.arrayContaining(['pypi.org', 'a.corp:443', 'b.corp:80']),
  );
  expect(hosts('go get', [['GOPROXY', 'https://go.corp,direct']], { GOSUMDB: 'off' })).toEqual(['go.corp:443']);
  expect(hosts('cargo fetch', [['registry', '"sparse+https://crates.corp/index/"']])).toContain('crates.corp:443');
  // What the repository's own files name is not among the settings, and other variables say nothing.
  expect(hosts('npm ci', [], { SECRET_URL: 'https://evil.example' })).not.toContain('evil.example:443');
});
