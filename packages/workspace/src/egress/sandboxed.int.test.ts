import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Setup } from '@hive/events';
import { expect, onTestFinished, test } from 'vitest';
import { calm, createTestRepo, createTestWorkspace, plain } from '../testing.ts';

const auto = { mode: 'auto', allowUnsandboxed: false } as const;

/** Runs inside: by the proxy to the registry and elsewhere, and past the proxy to what the host has. */
const inside = `
const { Agent, request } = require('node:http');
const { connect } = require('node:net');
const { lookup } = require('node:dns/promises');
const { mkdirSync, writeFileSync } = require('node:fs');
const proxy = new URL(process.env.HTTP_PROXY);
// By hand: Node would go through the proxy by itself.
const agent = new Agent();
const auth = (password) => ({ 'proxy-authorization': 'Basic ' + Buffer.from('hive:' + password).toString('base64') });
const ask = (path, password = proxy.password, method = 'GET') =>
  new Promise((done) => {
    const asked = request({ host: proxy.hostname, port: proxy.port, method, path, headers: auth(password), agent });
    asked.on('response', async (got) => done(got.statusCode + ' ' + (await got.setEncoding('utf8').toArray()).join('')));
    asked.on('connect', (got) => done(String(got.statusCode))).on('error', (error) => done(error.code)).end();
  });
const reach = (host, port) =>
  new Promise((done) => {
    const socket = connect({ host, port, timeout: 500 }, () => done('reached'));
    socket.on('error', (error) => done(error.code)).on('timeout', () => done('timeout'));
  });
(async () => {
  const port = Number(process.argv[2]);
  const told = {
    registry: await ask('http://127.0.0.1:' + port + '/left-pad'),
    other: await ask('other.example:443', proxy.password, 'CONNECT'),
    wrongToken: await ask('http://127.0.0.1:' + port + '/', 'x'),
    portOfHost: await reach('127.0.0.1', port),
    portOfHost6: await reach('::1', port),
    metadata: await reach('169.254.169.254', 80),
    dns: await lookup('registry.npmjs.org').then(() => 'resolved', (error) => error.code),
    noProxy: process.env.NO_PROXY,
  };
  mkdirSync('deps');
  writeFileSync('deps/told.json', JSON.stringify(told));
  process.exit(process.argv[3] === 'red' ? 1 : 0);
})();
`;

const registry = async (): Promise<number> => {
  const server = createServer((asked, answer) => answer.end(`package ${asked.url}`));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};

/** A repository and a workspace in the sandbox, whose user has a registry on loopback; null where there is no bubblewrap. */
const bench = async (how = '') => {
  const port = await registry();
  const repo = createTestRepo({ 'inside.cjs': inside, '.gitignore': 'deps\n' });
  const { workspace } = createTestWorkspace({
    sandbox: auto,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', npm_config_registry: `http://127.0.0.1:${port}/` },
    egress: () => ({ setup: ['cdn.acme.io'], checks: ['granted.acme.io'] }),
  });
  const { kind, note } = await workspace.sandbox();
  if (kind !== 'bwrap') {
    process.stdout.write(`egress in the sandbox: not tested, ${note}\n`);
    return null;
  }
  // Node is not in the PATH of this test; the forwarder's is there. The word npm says which registries are meant.
  const argv = ['sh', '-c', `/run/hive-node inside.cjs ${port} ${how} # npm`];
  const setup: Setup = { argv, lockfile: null, source: 'given' };
  return { port, repo, workspace, open: () => workspace.open({ repo: repo.root, base: repo.first, ...plain, setup }) };
};

test('a setup in the sandbox reaches the registry of its user, and nothing else: neither the host nor its neighbours', async () => {
  const here = await bench();
  if (!here) return;
  // The control: outside, the port of the host is there.
  await new Promise<void>((resolve) => {
    const socket = connect(here.port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
  });
  const tree = await here.open();
  const told = JSON.parse(readFileSync(join(tree.dir, 'deps', 'told.json'), 'utf8')) as Record<string, string>;
  expect(told).toMatchObject({
    registry: '200 package /left-pad',
    other: '403',
    wrongToken: expect.stringMatching(/^407/) as string,
    portOfHost: 'ECONNREFUSED',
    noProxy: 'localhost,::1',
  });
  for (const name of ['portOfHost6', 'metadata', 'dns'])
    expect(told[name], name).not.toMatch(/reached|resolved|undefined/);
});

test('a setup that was refused a host names it and the line to add', async () => {
  const here = await bench('red');
  if (!here) return;
  await expect(here.open()).rejects.toMatchObject({
    code: 'setup.failed',
    message: expect.stringMatching(
      /It wanted other\.example: add {2}egress: \{ setup: \[other\.example\] \}/,
    ) as string,
    details: { egress: expect.arrayContaining([expect.objectContaining({ host: 'other.example' })]) as unknown },
  });
});

test('a check has no network; with a grant it has the proxy, its end is its own, and what it was refused is known', async () => {
  const here = await bench();
  if (!here) return;
  const tree = await here.workspace.open({ repo: here.repo.root, base: here.repo.first, ...plain });
  const sh = (script: string, network?: 'none') =>
    tree.run(['sh', '-c', script], { timeoutMs: 20_000, signal: calm, ...(network && { network }) });
  expect(await sh('test -z "$HTTP_PROXY" && ! test -e /run/hive', 'none')).toMatchObject({ exit: 0, egress: [] });
  // The registry is for setups.
  const ran = await sh(`/run/hive-node inside.cjs ${here.port} && grep -q '"registry":"403' deps/told.json && exit 7`);
  expect(ran).toMatchObject({
    exit: 7,
    egress: [
      { host: '127.0.0.1', port: here.port, connections: 0, refused: { connections: 1 } },
      { host: 'other.example', port: 443, connections: 0, refused: { because: 'it is not granted' } },
    ],
  });
  expect(await sh('kill -9 $$')).toMatchObject({ infra: 'infra.oom' });
  // The token is the command's alone: it is in no argument that another user of the machine could read.
  expect((await sh('tr "\\\\0" " " < /proc/1/cmdline; echo; test -n "$HTTPS_PROXY"')).tail).not.toMatch(/[0-9a-f]{64}/);
});
