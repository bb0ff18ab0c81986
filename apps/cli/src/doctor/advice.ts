import { certificateTrouble, readAuthority, readCertificate, type HiveConfig } from '@hive/config';
import { isHiveError } from '@hive/errors';
import { count } from '../terminal/figures.ts';
import type { FoundBox, Surroundings } from './surroundings.ts';

/** One thing that was looked at: how it is, and what to do when it could be better. */
export type Finding = {
  readonly about: string;
  readonly status: 'ok' | 'absent' | 'broken';
  readonly says: string;
  readonly todo?: string;
};

/** What is found, in the words of a doctor. `broken` keeps Hive from working, `absent` only from doing some of it. */
export const adviceOn = ({ git, sandbox, boxes, claude }: Surroundings, config: HiveConfig): Finding[] => [
  git === null
    ? { about: 'git', status: 'broken', says: 'not found', todo: 'install git, for example: sudo apt-get install git' }
    : { about: 'git', status: 'ok', says: git },
  {
    about: 'sandbox',
    status: sandbox.kind !== 'none' ? 'ok' : config.sandbox.mode === 'required' ? 'broken' : 'absent',
    says: sandbox.limits === undefined ? sandbox.note : `${sandbox.note} Limits: ${sandbox.limits}.`,
    ...(sandbox.kind === 'none' && {
      todo: 'without it your own checks run as you, and nothing written by a model runs',
    }),
  },
  ...boxes.map(boxAdvice),
  claudeAdvice(claude),
  modelAdvice(config, boxes),
  ...httpsAdvice(config.http),
];

/** Whether phones will find HTTPS in order; nothing where it is not configured. */
export const httpsAdvice = ({ tls }: HiveConfig['http'], now = Date.now()): Finding[] => {
  if (tls === null) return [];
  const about = 'HTTPS';
  try {
    const certificate = readCertificate(tls);
    if (tls.caFile !== null) readAuthority(tls.caFile);
    const trouble = certificateTrouble(certificate, tls.certFile, now);
    const todo = { todo: 'docs/guides/phone.md says how; the running Hive takes up new files by itself' };
    if (trouble) return [{ about, status: trouble.isSoon ? 'absent' : 'broken', says: trouble.error.message, ...todo }];
    return [
      {
        about,
        status: 'ok',
        says: `${tls.bind}:${tls.port}, for ${certificate.names.join(', ')}, by ${certificate.issuer}, until ${certificate.until.slice(0, 10)}`,
      },
    ];
  } catch (error) {
    if (!isHiveError(error)) throw error;
    return [{ about, status: 'broken', says: error.message }];
  }
};

const hostOf = (endpoint: string): string => endpoint.replace(/^https?:\/\//, '');

const boxAdvice = ({ name, endpoint, version, models }: FoundBox): Finding => {
  const about = name === 'local' ? 'Ollama' : `box ${name}`;
  if (models === null)
    return {
      about,
      status: 'absent',
      says: `nothing answers at ${hostOf(endpoint)}`,
      todo: 'only needed for models: start Ollama, or name a box under hive.agents in hive.yaml',
    };
  const says = `${version ?? 'no version told'} at ${hostOf(endpoint)}, ${count(models.length, 'model')}${models.length > 0 ? `: ${models.slice(0, 6).join(', ')}` : ''}`;
  return models.length > 0
    ? { about, status: 'ok', says }
    : { about, status: 'absent', says, todo: 'pull one, for example: ollama pull qwen3-coder:30b' };
};

const claudeAdvice = ({ hasKey, isNamed }: Surroundings['claude']): Finding => {
  const about = 'Claude';
  if (hasKey && isNamed) return { about, status: 'ok', says: 'key found, and named in hive.yaml' };
  if (hasKey)
    return {
      about,
      status: 'absent',
      says: 'key found, and not used',
      todo: 'name a claude: model with --model or under hive.models to use it',
    };
  if (isNamed)
    return {
      about,
      status: 'broken',
      says: 'named in hive.yaml, and there is no key',
      todo: 'set ANTHROPIC_API_KEY in the environment of Hive',
    };
  return {
    about,
    status: 'absent',
    says: 'not configured',
    todo: 'only if you want it: set ANTHROPIC_API_KEY and name a claude: model',
  };
};

const modelAdvice = ({ models }: HiveConfig, boxes: readonly FoundBox[]): Finding => {
  const about = 'models';
  const roles = (['planner', 'worker', 'reviewer'] as const).filter((role) => models[role].length > 0);
  if (roles.length > 0)
    return { about, status: 'ok', says: roles.map((role) => `${role}: ${models[role].join(', ')}`).join('; ') };
  const first = boxes.flatMap((box) => box.models ?? []).find((name) => !name.includes('embed'));
  return first === undefined
    ? { about, status: 'absent', says: 'none: patches and plans of commands work, goals in words do not' }
    : { about, status: 'ok', says: `none is named; ${first} is asked` };
};

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[?::1\]?)(:\d+)?$/.test(host);

/** What would be called outside of this machine, and when. */
export const leavingOf = (config: HiveConfig, boxes: readonly Pick<FoundBox, 'name' | 'endpoint'>[]): string[] => {
  const hosts = boxes.map(
    (box) =>
      [hostOf(box.endpoint).split('/')[0] ?? '', `box ${box.name}: prompts with parts of your repository`] as const,
  );
  const outside = hosts.filter(([host]) => !isLoopback(host)).map(([host, what]) => `${host}  (${what})`);
  const refs = [...config.models.planner, ...config.models.worker, ...config.models.reviewer];
  const isNamed = (provider: string) => refs.some((ref) => ref.startsWith(`${provider}:`));
  const claude = URL.parse(config.anthropic.baseUrl ?? 'https://api.anthropic.com')?.host ?? '';
  const database = config.database.dialect === 'postgres' ? (URL.parse(config.database.url.reveal())?.host ?? '') : '';
  const telemetry = hostOf(config.telemetry?.endpoint ?? '').split('/')[0] ?? '';
  const told = config.notify.sinks.map(({ kind, url }) => [URL.parse(url)?.host ?? '', kind] as const);
  return [
    ...outside,
    ...(isNamed('claude') && config.anthropic.apiKey !== null
      ? [`${claude}  (Claude: prompts with parts of your repository)`]
      : []),
    ...(isNamed('claude-code') && config.claudeCode !== null
      ? ['api.anthropic.com  (your Claude Code: prompts with parts of your repository)']
      : []),
    ...(database !== '' && !isLoopback(database) ? [`${database}  (database)`] : []),
    ...(telemetry !== '' && !isLoopback(telemetry)
      ? [`${telemetry}  (traces: ids, times, titles of tasks, names of models and branches)`]
      : []),
    ...told
      .filter(([host]) => !isLoopback(host))
      .map(([host, kind]) => `${host}  (${kind}: ids and one line of what waits, failed, or ran out of budget)`),
  ];
};
