import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { boxesOf } from '@hive/agent-kit';
import type { Env, HiveConfig } from '@hive/config';
import { probeBox } from '@hive/ollama-bridge';
import type { SandboxState } from '@hive/workspace';
import { openWorkspace } from '../desk/open-workspace.ts';

/** An Ollama that was asked: its models, or null when nobody answered. */
export type FoundBox = {
  readonly name: string;
  readonly endpoint: string;
  readonly version: string | null;
  readonly models: readonly string[] | null;
};

/** What Hive finds on this machine. */
export type Surroundings = {
  /** The version of git; null when there is none. */
  readonly git: string | null;
  readonly sandbox: SandboxState;
  readonly boxes: readonly FoundBox[];
  /** `named`: a `claude:` model stands in hive.yaml. */
  readonly claude: { readonly hasKey: boolean; readonly isNamed: boolean };
};

const probeMs = 1500;

/** Looks around: asks git, tries the sandbox, and asks each box. Nothing outside of this machine and its boxes is called. */
export const lookAround = async (config: HiveConfig, env: Env): Promise<Surroundings> => {
  const [git, sandbox, boxes] = await Promise.all([
    gitVersion(),
    sandboxOf(config, env),
    Promise.all(boxesOf(config).map(askBox)),
  ]);
  const named = [...config.models.planner, ...config.models.worker, ...config.models.reviewer];
  const claude = { hasKey: config.anthropic.apiKey !== null, isNamed: named.some((ref) => ref.startsWith('claude:')) };
  return { git, sandbox, boxes, claude };
};

const gitVersion = async (): Promise<string | null> => {
  try {
    const { stdout } = await promisify(execFile)('git', ['--version']);
    return /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? stdout.trim();
  } catch {
    return null;
  }
};

const sandboxOf = async (config: HiveConfig, env: Env): Promise<SandboxState> => {
  const { workspace, close } = openWorkspace(config, env);
  try {
    return await workspace.sandbox();
  } finally {
    await close();
  }
};

const askBox = async ({ name, endpoint }: { readonly name: string; readonly endpoint: string }): Promise<FoundBox> => {
  try {
    const box = await probeBox(endpoint, () => AbortSignal.timeout(probeMs));
    return { name, endpoint, version: box.version, models: box.models.map((model) => model.name) };
  } catch {
    return { name, endpoint, version: null, models: null };
  }
};
