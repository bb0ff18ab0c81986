import { expect, test } from 'vitest';
import { inspect } from 'node:util';
import { exampleFile, generated } from './reference.ts';
import { cloneRootOf } from './env.ts';
import { nearestKey } from './complaint.ts';
import { ollamaUrl } from './ollama-url.ts';
import { planningOf } from './planning-of.ts';
import { parseHiveYaml } from './read-hive-yaml.ts';
import { Secret } from './secret.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const parse = (text: string, env = {}) => parseHiveYaml(text, 'hive.yaml', env);
const complaint = (text: string, env = {}) => {
  try {
    parse(text, env);
  } catch (error) {
    return error;
  }
  return null;
};

test('an unknown key is refused with its place and the nearest known one', () => {
  expect(complaint('hive:\n  agents:\n    walnut:\n      endpont: http://walnut:11434\n')).toMatchObject({
    code: 'config.invalid',
    remedy: 'fix_config',
    message:
      'hive.yaml:\n✖ Unrecognized key: "endpont" (the nearest known one is "endpoint")\n  → at hive.agents.walnut',
  });
  expect(complaint('hve: {}')).toMatchObject({
    message: 'hive.yaml:\n✖ Unrecognized key: "hve" (the nearest known one is "hive")\n  → at the root',
  });
  expect(complaint('hive: { sandbox: { mod: auto }, budget: {} }')).toMatchObject({
    message: expect.stringMatching(/"mod" .*"mode"[^]*"budget" .*"budgets"/) as string,
  });
});

test('branches that are deployed from need somebody who agrees to it', () => {
  expect(complaint('hive: { policies: { approvals: { deploys: [production] } } }')).toMatchObject({
    message: expect.stringMatching(/deploys needs it[^]*at hive\.policies\.approvals\.approver/) as string,
  });
  expect(complaint('hive: { policies: { approvals: { deploys: [production], approver: ada } } }')).toBeNull();
});

test('a wrong value, and what is not YAML, are named with their place', () => {
  expect(complaint('hive: { models: { worker: [gpt] } }')).toMatchObject({
    message: expect.stringContaining(
      'write claude:<model>, claude-code:<model>, ollama:<model> or ollama:<model>@<box>\n  → at hive.models.worker.0',
    ) as string,
  });
  expect(complaint('hive:\n  models: [')).toMatchObject({ message: expect.stringMatching(/→ at line \d/) as string });
});

test('variables are replaced, and a missing one is named with its key', () => {
  const { yaml } = parse('hive: { agents: { walnut: { endpoint: "http://${BOX}:11434" } } }', { BOX: 'walnut.lan' });
  expect(yaml.hive.agents['walnut']?.endpoint).toBe('http://walnut.lan:11434');
  expect(complaint('hive: { agents: { walnut: { endpoint: "http://${BOX}" } } }')).toMatchObject({
    message: expect.stringContaining('hive.agents.walnut.endpoint needs the variable BOX, which is not set') as string,
  });
});

const foundingPlan = `
hive:
  cluster: { name: home, region: cellar }
  agents:
    walnut:
      name: WALNUT Frontend
      endpoint: http://192.168.1.27:11434
      model: starcoder2:15b
      specialization: frontend
      capabilities: [react, css]
      hardware: { gpu_type: RX 9060 XT, vram_gb: 16, cpu_cores: 16 }
      performance_targets: { min_tps: 20, max_response_time: 20 }
  workflows:
    templates:
      web: { agents: [walnut], stages: [planning: walnut, review] }
  monitoring:
    metrics_retention_days: 90
    alert_thresholds: { cpu_usage: 85, memory_usage: 90, gpu_usage: 95, response_time: 60 }
    health_check_interval: 30
  mcp_servers: { registry: { comfyui: "ws://192.168.1.27:8188/api/mcp" } }
  security: { require_approval: true, api_rate_limit: 100, session_timeout: 3600 }
  models: { planner: ["claude:claude-sonnet-5-5"], worker: ["ollama:qwen3-coder:30b@walnut"], reviewer: [] }
  repos:
    /srv/app: { checks: [npm test, [make, check]], setup: npm ci, paths: [src/**], tests: [test/**], into: main }
  budgets: { workflow: { usd: 5 } }
  sandbox: { mode: required, allowUnsandboxed: false, egress: [packages.example.org], passEnv: [NPM_TOKEN] }
  quiet_hours: "22:00-07:00"
`;

test('the file of the founding plan loads, and says which keys do nothing yet', () => {
  const { yaml, warnings } = parse(foundingPlan);
  expect(yaml.hive.agents['walnut']?.model).toBe('starcoder2:15b');
  expect(warnings).toEqual(
    [
      'cluster',
      'agents.walnut.hardware.gpu_type',
      'agents.walnut.hardware.cpu_cores',
      'monitoring.metrics_retention_days',
      'mcp_servers',
    ].map((key) => `hive.yaml: hive.${key} has no effect yet`),
  );
});

test('a template knows its agents and stages, and who of them has a model of its own', () => {
  const { hive } = parse(foundingPlan).yaml;
  const walnut = {
    name: 'walnut',
    specialization: 'frontend',
    capabilities: ['react', 'css'],
    ref: 'ollama:starcoder2:15b@walnut',
  };
  expect(planningOf(hive).templates).toEqual({
    web: {
      agents: [walnut],
      stages: [
        { name: 'planning', agent: walnut },
        { name: 'review', agent: null },
      ],
    },
  });
  const stranger = { workflows: { templates: { x: { agents: ['stranger'], stages: [{ a: { parallel: true } }] } } } };
  expect(planningOf({ ...hive, ...stranger }).templates['x']).toEqual({
    agents: [{ name: 'stranger', specialization: null, capabilities: [], ref: null }],
    stages: [{ name: 'a', agent: null }],
  });
});

test('the example loads as it is, and with every # taken away', () => {
  expect(parse(exampleFile())).toEqual({ ...parse(''), warnings: [] });
  const { yaml } = parse(exampleFile().replace(/^(\s*)#(?! \S)/gm, '$1'));
  expect([Object.keys(yaml.hive.agents), yaml.hive.repos['~/code/my-project']?.checks]).toEqual([
    ['walnut'],
    ['npm test'],
  ]);
  expect(yaml.hive.budgets.workflow?.tokens).toBe(200_000);
});

test('example and reference page are what the schema says', () => {
  const root = cloneRootOf(import.meta.url) ?? '';
  for (const [path, text] of Object.entries(generated()))
    expect(readFileSync(join(root, path), 'utf8'), `${path} is stale: run node packages/config/src/reference.ts`).toBe(
      text,
    );
});

test('a secret shows itself to nobody', () => {
  const key = new Secret('sk-ant-1');
  expect([String(key), JSON.stringify({ key }), inspect({ key }, { showHidden: true }), key.reveal()]).toEqual([
    '***',
    '{"key":"***"}',
    '{ key: *** }',
    'sk-ant-1',
  ]);
});

test('OLLAMA_HOST is read as Ollama reads it', () => {
  expect(
    [undefined, 'walnut', 'walnut:8080', '0.0.0.0', 'http://walnut', 'https://walnut/api/', ':11435'].map((it) => {
      try {
        return ollamaUrl(it);
      } catch {
        return 'refused';
      }
    }),
  ).toEqual([
    'http://127.0.0.1:11434',
    'http://walnut:11434',
    'http://walnut:8080',
    'http://127.0.0.1:11434',
    'http://walnut',
    'https://walnut/api',
    'http://127.0.0.1:11435',
  ]);
});

test('the nearest key is the one with the fewest changes', () => {
  expect(nearestKey('laese', ['lease', 'workers'])).toBe('lease');
  expect(nearestKey('x', [])).toBeUndefined();
});
