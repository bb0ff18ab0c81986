import { HiveError } from '@hive/errors';
import { policyOver, type Policy } from '@hive/events';
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { approvalsOf } from './approvals-of.ts';
import type { Box, DatabaseConfig, DiskConfig, EgressConfig, HiveConfig, RepoConfig } from './config.ts';
import type { Env } from './env.ts';
import { httpOf } from './http-setting.ts';
import { notifyOf } from './notify-setting.ts';
import { testingOf } from './testing-of.ts';
import type { HiveYaml } from './hive-yaml.ts';
import { ollamaUrl } from './ollama-url.ts';
import { quietHoursOf } from './quiet-hours.ts';
import { planningOf } from './planning-of.ts';
import { parseHiveYaml, readIfThere } from './read-hive-yaml.ts';
import { Secret } from './secret.ts';

/** Where to look: the environment, the caller's folder, the clone (null for an installed package), and what the command line said. */
export type ConfigSources = {
  readonly env: Env;
  readonly cwd: string;
  readonly cloneRoot: string | null;
  readonly args?: { readonly config?: string };
};

const defaultPort = 4483;

/**
 * Reads hive.yaml and the environment. Writes nothing.
 * Throws `config.invalid` (remedy `fix_config`) with a sentence that names file and key or the variable.
 */
export const loadConfig = async ({ env, cwd, cloneRoot, args = {} }: ConfigSources): Promise<HiveConfig> => {
  const userHome = env['HOME'] || homedir();
  const home = env['HIVE_HOME']
    ? resolve(cwd, env['HIVE_HOME'])
    : cloneRoot === null
      ? join(userHome, '.hive')
      : join(cloneRoot, '.hive');
  const named = args.config ?? env['HIVE_CONFIG'];
  const path = named ? resolve(cwd, named) : join(home, 'hive.yaml');
  const text = await readIfThere(path);
  if (text === null && named) throw invalid(`There is no configuration file ${path}`);
  const { yaml, warnings } = parseHiveYaml(text ?? '', basename(path), env);
  const { hive } = yaml;
  const testing = testingOf(env);
  const boxes = boxesOf(hive);

  return {
    home,
    file: text === null ? null : path,
    port: portOf(env['HIVE_PORT']),
    http: httpOf(hive.http, { base: dirname(path), userHome }),
    notify: notifyOf(hive.notify),
    database: databaseOf(env['HIVE_DATABASE_URL'], home, hive),
    tokenFile: join(home, 'token'),
    remote: { url: env['HIVE_URL'] ? urlOf('HIVE_URL', env['HIVE_URL']) : null, token: secretOf(env['HIVE_TOKEN']) },
    boxes,
    pool: { contexts: hive.pool.context, idleMs: hive.monitoring.health_check_interval * 1000 },
    alerts: alertsOf(hive),
    ollama: { url: ollamaUrl(env['OLLAMA_HOST']), given: Boolean(env['OLLAMA_HOST']) },
    claudeCode: hive.claude_code
      ? { command: hive.claude_code.command ?? 'claude', path: env['PATH'] ?? '', home: userHome }
      : null,
    anthropic: {
      apiKey: secretOf(env['ANTHROPIC_API_KEY']),
      baseUrl: env['ANTHROPIC_BASE_URL'] ? urlOf('ANTHROPIC_BASE_URL', env['ANTHROPIC_BASE_URL']) : null,
    },
    models: modelsOf(hive, boxes),
    fallback: hive.fallback,
    replies: { reuse: hive.replies.reuse, keptMs: hive.replies.hours * hourMs },
    repos: Object.entries(hive.repos).map(([name, repo]) => repoOf(name, repo, { base: dirname(path), userHome })),
    telemetry: telemetryOf(env),
    policies: policiesOf(hive),
    sandbox: {
      mode: hive.sandbox.mode,
      allowUnsandboxed: hive.sandbox.allowUnsandboxed,
      backend: hive.sandbox.backend,
      image: hive.sandbox.image ?? null,
      limits: limitsOf(hive),
      passEnv: hive.sandbox.passEnv,
      egress: hive.sandbox.egress,
    },
    budgets: {
      workflow: hive.budgets.workflow ?? null,
      day: hive.budgets.day ?? null,
      models: hive.budgets.models,
    },
    prices: hive.prices,
    paid: {
      quietHours: quietHoursOf(hive.paid.quiet_hours),
      reserve: hive.paid.reserve,
      resumes: hive.paid.resumes,
    },
    egress: {
      rules: hive.security.egress,
      fallback: hive.security.egressDefault,
      notSecrets: hive.security.notSecrets,
    },
    security: {
      requestsPerS: hive.security.api_rate_limit ?? null,
      sessionMs: hive.security.session_timeout === undefined ? null : hive.security.session_timeout * 1000,
    },
    limits: { ...hive.limits, repository: hive.limits.repository ?? null },
    planning: planningOf(hive),
    review: hive.review,
    author: hive.author,
    disk: diskOf(hive),
    terminal: { color: !env['NO_COLOR'], ci: Boolean(env['CI']) && env['CI'] !== 'false' },
    ...(testing && { testing }),
    warnings,
  };
};

/** What was configured for the repository at `root` (an absolute path); undefined when nothing was. */
export const repoConfigOf = (config: Pick<HiveConfig, 'repos'>, root: string): RepoConfig | undefined => {
  const real = realPath(root);
  return config.repos.find((repo) => repo.path === real);
};

/** The rules for the repository at `root`: its own over the general ones. */
export const policyFor = (config: Pick<HiveConfig, 'policies' | 'repos'>, root: string): Policy =>
  policyOver(config.policies, repoConfigOf(config, root)?.policy ?? {});

/** The hosts that commands of the repository at `root` may reach: those for all, and its own. */
export const egressFor = (config: Pick<HiveConfig, 'sandbox' | 'repos'>, root: string): EgressConfig => {
  const general = config.sandbox.egress;
  const own = repoConfigOf(config, root)?.egress ?? { setup: [], checks: [] };
  return { setup: [...general.setup, ...own.setup], checks: [...general.checks, ...own.checks] };
};

const policiesOf = ({ policies, security }: HiveYaml['hive']): Policy => {
  const approvals = approvalsOf(security.require_approval, policies.approvals);
  return Object.keys(approvals).length === 0 ? policies : { ...policies, approvals };
};

const invalid = (message: string) => new HiveError('config.invalid', message, { remedy: 'fix_config' });

const secretOf = (value: string | undefined): Secret | null => (value ? new Secret(value) : null);

/** Switched on by an address alone, as programs that follow OpenTelemetry are. */
const telemetryOf = (env: Env): HiveConfig['telemetry'] => {
  const endpoint = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const isOff = env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none';
  if (!endpoint || isOff) return null;
  return { endpoint: urlOf('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint), serviceName: env['OTEL_SERVICE_NAME'] || 'hive' };
};

const portOf = (text: string | undefined): HiveConfig['port'] => {
  if (!text) return { number: defaultPort, given: false };
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 65_535)
    throw invalid(`HIVE_PORT is ${text}; it has to be a number from 0 to 65535`);
  return { number, given: true };
};

const urlOf = (name: string, text: string): string => {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    throw invalid(`${name} is ${text}; it has to be an address that begins with http:// or https://`);
  return text.replace(/\/+$/, '');
};

const databaseOf = (url: string | undefined, home: string, { store }: HiveYaml['hive']): DatabaseConfig => {
  if (!url) return { dialect: 'sqlite', path: join(home, 'hive.db'), synchronous: store.synchronous };
  // The address may hold a password, so it is not repeated.
  if (!/^postgres(ql)?:\/\//.test(url))
    throw invalid('HIVE_DATABASE_URL has to begin with postgres://; leave it out for SQLite');
  return { dialect: 'postgres', url: new Secret(url) };
};

const gigabyte = 1_000_000_000;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const diskOf = ({ disk }: HiveYaml['hive']): DiskConfig => ({
  floorBytes: disk.floorGb * gigabyte,
  worktreesBytes: disk.worktreesGb * gigabyte,
  failedMs: disk.failedDays * dayMs,
  cachesBytes: disk.cachesGb * gigabyte,
  mirrorsBytes: disk.mirrorsGb * gigabyte,
  logsBytes: (disk.logsMb * gigabyte) / 1000,
});

const limitsOf = ({ sandbox: { limits } }: HiveYaml['hive']): HiveConfig['sandbox']['limits'] => ({
  memoryBytes: limits.memoryGb * gigabyte,
  processes: limits.processes,
  cores: limits.cores,
  cpuMs: limits.cpuMinutes * minuteMs,
  fileBytes: limits.fileGb * gigabyte,
  diskBytes: limits.diskGb * gigabyte,
  files: limits.files,
  wallMs: limits.minutes * minuteMs,
  outputBytes: (limits.outputMb * gigabyte) / 1000,
});

const boxesOf = (hive: HiveYaml['hive']): Box[] =>
  Object.entries(hive.agents).flatMap(([name, agent]) =>
    agent.endpoint === undefined
      ? []
      : [
          {
            name,
            title: agent.name ?? name,
            endpoint: agent.endpoint.replace(/\/+$/, ''),
            model: agent.model ?? null,
            capabilities: agent.capabilities ?? [],
            ...(agent.parallel !== undefined && { parallel: agent.parallel }),
            quietHours: quietHoursOf(agent.quiet_hours ?? hive.quiet_hours),
            ...(agent.hardware?.vram_gb !== undefined && { memoryBytes: agent.hardware.vram_gb * gigabyte }),
            ...(agent.performance_targets && {
              targets: {
                minTps: agent.performance_targets.min_tps ?? null,
                maxResponseS: agent.performance_targets.max_response_time ?? null,
              },
            }),
          },
        ],
  );

const alertsOf = ({ monitoring: { alert_thresholds: over = {} } }: HiveYaml['hive']): HiveConfig['alerts'] => ({
  cpu: over.cpu_usage ?? null,
  memory: over.memory_usage ?? null,
  gpu: over.gpu_usage ?? null,
  responseS: over.response_time ?? null,
});

/** A box's own model plans and works where no model was named: it costs nothing, unlike what has to be named. */
const modelsOf = ({ models }: HiveYaml['hive'], boxes: readonly Box[]): HiveConfig['models'] => {
  const own = boxes.flatMap((box) => (box.model === null ? [] : [`ollama:${box.model}@${box.name}`]));
  return {
    planner: models.planner.length > 0 ? models.planner : own,
    worker: models.worker.length > 0 ? models.worker : own,
    reviewer: models.reviewer,
  };
};

const realPath = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path; // a repository that is not there (any more) matches nothing, which is no mistake
  }
};

const repoOf = (
  name: string,
  repo: HiveYaml['hive']['repos'][string],
  { base, userHome }: { readonly base: string; readonly userHome: string },
): RepoConfig => ({ ...repo, path: realPath(resolve(base, name.replace(/^~(?=\/|$)/, userHome))) });
