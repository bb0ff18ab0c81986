import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseScenario, startModelServer } from '@hive/model-server';

const root = join(import.meta.dirname, '../..');

/** What `hive chaos --json` tells, as far as rows need it. */
export type ChaosDocument = {
  readonly seed: number;
  readonly holds: boolean;
  readonly carriedOut: Readonly<Record<'kill' | 'group' | 'child' | 'pause', number>>;
  readonly missed: readonly unknown[];
  readonly interrupted: number;
  readonly repeated: number;
  readonly takeoverMs: readonly number[];
  readonly elsewhereMs: readonly number[];
  readonly workflows: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly touched: readonly string[];
  readonly stale: readonly string[];
  readonly stuck: readonly string[];
  readonly leftBehind: readonly string[];
  readonly verify: readonly {
    readonly number: number;
    readonly status: string;
    readonly offenders: readonly string[];
  }[];
  readonly places: readonly {
    readonly role: string;
    readonly name: string;
    readonly struck: number;
    readonly passed: number;
  }[];
};

/** One run of `hive chaos`, as a user would start it. `env` is added to the environment. */
export const chaos = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ChaosDocument> =>
  new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
    execFile(
      process.execPath,
      [join(root, 'apps/cli/bin/hive.mjs'), 'chaos', '--json', ...args],
      options,
      (_, stdout, stderr) => {
        try {
          const document = JSON.parse(stdout) as ChaosDocument | { error: { message: string } };
          if ('error' in document) throw new Error(document.error.message);
          resolve(document);
        } catch (error) {
          reject(new Error(`hive chaos ${args.join(' ')}: ${String(error)} ${stderr}`));
        }
      },
    );
  });

/** Everything that must not be, one sentence each. */
export const violationsOf = (it: ChaosDocument): string[] => [
  ...it.lost.map((what) => `lost: ${what}`),
  ...it.doubled.map((what) => `doubled: ${what}`),
  ...it.touched.map((what) => `touched: ${what}`),
  ...it.stale.map((what) => `stale: ${what}`),
  ...it.stuck.map((what) => `stuck: ${what}`),
  ...it.leftBehind.map((what) => `left behind: ${what}`),
  ...it.verify
    .filter(({ status }) => status === 'broken')
    .map(({ number, offenders }) => `invariant ${number}: ${offenders.join(', ')}`),
];

const scenario = {
  name: 'greeting',
  models: ['double:1m', 'double:2m'].map((name) => ({ name, contextTokens: 32_768 })),
  rules: [
    {
      contains: 'You plan a change',
      reply: {
        json: {
          version: 1,
          tasks: [{ key: 'greeting', title: 'Add a greeting', paths: ['GREETING.md'], redBefore: 'not_needed' }],
        },
      },
    },
    { contains: 'Wrote GREETING.md', reply: { toolCalls: [{ name: 'finish', input: { summary: 'Add a greeting' } }] } },
    {
      contains: 'You write one change',
      reply: { toolCalls: [{ name: 'write', input: { path: 'GREETING.md', content: 'Hello.\n' } }] },
    },
    { contains: 'You review one change', reply: { json: { decision: 'approve', findings: [] } } },
  ],
};

/** A double of a model that plans, writes and approves one greeting. */
export const startGreetingModel = async (): Promise<{
  ref: string;
  /** Another one, since nobody reviews what it wrote itself. */
  reviewer: string;
  env: Record<string, string>;
  stop: () => Promise<void>;
}> => {
  const server = await startModelServer({ scenario: parseScenario(scenario) });
  return {
    ref: 'ollama:double:1m',
    reviewer: 'ollama:double:2m',
    env: { OLLAMA_HOST: server.url },
    stop: () => server.stop(),
  };
};
