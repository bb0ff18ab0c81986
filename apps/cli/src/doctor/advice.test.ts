import { Secret, type HiveConfig } from '@hive/config';
import { expect, test } from 'vitest';
import { adviceOn, httpsAdvice, leavingOf } from './advice.ts';
import type { Surroundings } from './surroundings.ts';

// Only what advice is made of.
const config = (rest: object = {}) =>
  ({
    models: { planner: [], worker: [], reviewer: [] },
    sandbox: { mode: 'auto' },
    anthropic: { apiKey: null, baseUrl: null },
    database: { dialect: 'sqlite', path: '/h/hive.db', synchronous: 'full' },
    http: { tls: null, names: [], proxied: [] },
    notify: { sinks: [], localHosts: [], contact: null },
    ...rest,
  }) as unknown as HiveConfig;
const bare: Surroundings = {
  git: '2.43.0',
  sandbox: { kind: 'bwrap', note: 'bubblewrap works.' },
  boxes: [{ name: 'local', endpoint: 'http://127.0.0.1:11434', version: null, models: null }],
  claude: { hasKey: false, isNamed: false },
};
const about = (name: string, surroundings: Surroundings, with_ = config()) =>
  adviceOn(surroundings, with_).find((finding) => finding.about === name);

test('a machine without any model is fit for patches', () => {
  expect(adviceOn(bare, config()).filter((finding) => finding.status === 'broken')).toEqual([]);
  expect(about('models', bare)?.says).toContain('patches and plans of commands work');
});

test('what keeps Hive from working is broken and says what to do', () => {
  expect(about('git', { ...bare, git: null })).toMatchObject({
    status: 'broken',
    todo: expect.stringContaining('install git'),
  });
  const none = { ...bare, sandbox: { kind: 'none', note: 'bubblewrap is not installed.' } } as const;
  expect(about('sandbox', none)?.status).toBe('absent');
  expect(about('sandbox', none, config({ sandbox: { mode: 'required' } }))?.status).toBe('broken');
});

test('a key that was found is not used until a model is named', () => {
  expect(about('Claude', { ...bare, claude: { hasKey: true, isNamed: false } })?.says).toBe('key found, and not used');
  expect(about('Claude', { ...bare, claude: { hasKey: false, isNamed: true } })?.status).toBe('broken');
});

test('only what is outside of this machine leaves it', () => {
  expect(leavingOf(config(), bare.boxes)).toEqual([]);
  const named = {
    models: { planner: [], worker: ['claude:x', 'claude-code:y'], reviewer: [] },
    anthropic: { apiKey: new Secret('k'), baseUrl: null },
    claudeCode: { command: 'claude', path: '/bin', home: '/' },
    database: { dialect: 'postgres', url: new Secret('postgres://u:p@db.example:5432/hive') },
    telemetry: { endpoint: 'https://traces.example:4318', serviceName: 'hive' },
  };
  expect(leavingOf(config(named), [{ name: 'walnut', endpoint: 'http://192.168.1.27:11434' }])).toEqual([
    '192.168.1.27:11434  (box walnut: prompts with parts of your repository)',
    'api.anthropic.com  (Claude: prompts with parts of your repository)',
    'api.anthropic.com  (your Claude Code: prompts with parts of your repository)',
    'db.example:5432  (database)',
    'traces.example:4318  (traces: ids, times, titles of tasks, names of models and branches)',
  ]);
});

test('a certificate that cannot be used is broken, and where none is configured nothing is said', () => {
  expect(about('HTTPS', bare)).toBeUndefined();
  const tls = { certFile: '/nowhere/hive.crt', keyFile: '/nowhere/hive.key', caFile: null };
  const rest = { bind: '0.0.0.0', port: 4484, hstsDays: 0 };
  expect(httpsAdvice({ tls: { ...tls, ...rest }, names: [], proxied: [] })).toEqual([
    { about: 'HTTPS', status: 'broken', says: '/nowhere/hive.crt (hive.http.tls.cert) is not there' },
  ]);
});

test('who is told of what waits stands among what leaves the machine', () => {
  const sinks = [{ kind: 'ntfy', url: 'https://ntfy.example.org/hive' }];
  const notify = { sinks, localHosts: [], contact: null };
  expect(leavingOf(config({ notify }), [])).toEqual([
    expect.stringMatching(/^ntfy\.example\.org {2}\(ntfy: ids and one line/),
  ]);
});
