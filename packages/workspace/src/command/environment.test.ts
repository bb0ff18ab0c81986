import { expect, test } from 'vitest';
import { commandEnv, splitPath } from './environment.ts';

test('what npm and npx put into PATH is withheld, and so are relative entries', () => {
  const path =
    '/app/node_modules/.bin:/npm/node-gyp-bin:/home/ada/.npm/_npx/1a/node_modules/.bin/:.:bin:/usr/bin::/bin:/usr/bin';
  expect(splitPath(path)).toEqual({
    kept: ['/usr/bin', '/bin'],
    withheld: ['/app/node_modules/.bin', '/npm/node-gyp-bin', '/home/ada/.npm/_npx/1a/node_modules/.bin/', '.', 'bin'],
  });
});

const env = (network: 'none' | 'open' | 'proxy') =>
  commandEnv({
    source: {
      HTTPS_PROXY: 'http://proxy:3128',
      HTTP_PROXY: 'http://user:password@proxy:3128',
      NODE_EXTRA_CA_CERTS: '/ca.pem',
      npm_config_registry: 'https://registry.example',
      NPM_TOKEN: 't',
      PIP_INDEX_URL: 'https://me:secret@pypi.example/simple',
      LC_ALL: 'C',
      PATH: '/elsewhere',
      HOME: '/root',
      GIVEN: 'g',
    },
    path: ['/usr/bin'],
    worktree: '/w',
    home: '/h',
    tmp: '/t',
    passEnv: ['GIVEN', 'ABSENT'],
    network,
    extra: { CARGO_HOME: '/c' },
    mark: 'm',
  });

test('a check sees no address of a network, a setup sees those without a password', () => {
  expect(env('none')).toMatchObject({
    LC_ALL: 'C',
    GIVEN: 'g',
    CARGO_HOME: '/c',
    PATH: '/w/.venv/bin:/w/node_modules/.bin:/usr/bin',
    HOME: '/h',
    TMPDIR: '/t',
  });
  const more = (network: 'none' | 'open' | 'proxy') =>
    Object.keys(env(network))
      .filter((name) => /proxy|npm|pip|node/i.test(name))
      .sort();
  expect(more('none')).toEqual([]);
  // Of the proxy it is told by what starts it.
  expect(more('proxy')).toEqual(['NODE_EXTRA_CA_CERTS', 'npm_config_registry']);
  expect(more('open')).toEqual(['HTTPS_PROXY', 'NODE_EXTRA_CA_CERTS', 'npm_config_registry']);
});
