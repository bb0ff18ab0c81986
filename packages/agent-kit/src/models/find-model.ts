import { accessSync, constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Prices } from '@hive/claude-bridge';
import type { Box, HiveConfig } from '@hive/config';
import { HiveError, hasCode, isHiveError, type Code } from '@hive/errors';
import { formatModelRef, parseModelRef, type Model, type ModelRef } from '@hive/llm';
import { createOllama, probeBox } from '@hive/ollama-bridge';
import type { LocalModel } from '../boxes/take-box.ts';
import type { Circuits } from './circuits.ts';
import { parkedError, parkingOf } from './parking.ts';
import type { Wanted } from './wanted.ts';

const probeMs = 2000;
/** Between two looks whether a box is back, while everything else waits for a limit. */
const lookAgainMs = 55_000;
const claudeUrl = 'https://api.anthropic.com';

/** The boxes that may be asked: those of hive.yaml, else the one Ollama of this machine or of OLLAMA_HOST. */
export const boxesOf = (config: HiveConfig): readonly Box[] =>
  config.boxes.length > 0
    ? config.boxes
    : [{ name: 'local', title: 'local', endpoint: config.ollama.url, model: null, capabilities: [] }];

const missing = (wanted: Wanted, why: string): HiveError =>
  new HiveError(
    'model.missing',
    `No model for the ${wanted.role}: ${why}. Start Ollama, add a box or \`models:\` to hive.yaml, or name one with --model`,
    { remedy: 'fix_config' },
  );

/** Why one of the wanted models cannot be asked; {@link missing} says the rest. */
const lacking = (why: string): HiveError => new HiveError('model.missing', why, { remedy: 'fix_config' });

/** Says why an entry of a list, the how many-th it is, is not to be asked; null when it may be. */
export type PassOver = (entry: string, index: number) => HiveError | null;

/** What a choice heeds beside what can be reached. `choose`: how the box of a local model is chosen; without it each is asked in turn. */
export type Heeded = {
  readonly circuits?: Circuits;
  readonly passOver?: PassOver;
  readonly choose?: (candidates: readonly LocalModel[]) => Promise<Model>;
};

/** A model that may be asked, the entry of the list that it is (null: there is no list), and why the entries before it are not. */
export type Picked = {
  readonly model: Model;
  /** Where the model may be asked as well; empty for one that is on no box. */
  readonly local: readonly LocalModel[];
  readonly entry: string | null;
  readonly passed: readonly { readonly entry: string; readonly error: HiveError }[];
};

/** The models that are wanted, first choice first: what the user named (several with commas), else the role's list in hive.yaml. */
export const modelsOf = (config: Pick<HiveConfig, 'models'>, { ref, role }: Wanted): readonly string[] =>
  ref === null ? config.models[role] : ref.split(',').map((entry) => entry.trim());

/**
 * The first model of the wanted ones that can be reached: what the user named, else the role's list in hive.yaml, else what a box has.
 * A paid provider is taken only when it is named. Throws `model.missing`, `model.unknown` or `config.invalid`.
 */
export const findModel = async (config: HiveConfig, wanted: Wanted): Promise<Model> =>
  (await pickModel(config, wanted)).model;

const passable: ReadonlySet<string> = new Set<Code>([
  'model.missing',
  'model.unknown',
  'model.unreachable',
  'model.context_full',
  'model.auth',
  'model.billing',
  'model.rate_limited',
]);

/** {@link findModel} that also heeds what is known of models, and says what it has passed over. */
export const pickModel = async (
  config: HiveConfig,
  wanted: Wanted,
  { circuits = () => null, passOver = () => null, choose }: Heeded = {},
): Promise<Picked> => {
  const entries = modelsOf(config, wanted);
  if (entries.length === 0) {
    const model = await anyLocal(config, wanted, circuits);
    return { model, local: localOf(config, model.ref, circuits), entry: null, passed: [] };
  }
  const passed: { entry: string; error: HiveError }[] = [];
  for (const [index, entry] of entries.entries()) {
    try {
      const spent = passOver(entry, index);
      if (spent) passed.push({ entry, error: spent });
      else {
        const ref = parseModelRef(entry);
        const model = await open(config, ref, { wanted, circuits, choose });
        return { model, local: localOf(config, ref, circuits), entry, passed };
      }
    } catch (error) {
      if (!isHiveError(error) || !passable.has(error.code)) throw error;
      passed.push({ entry, error });
    }
  }
  throw nobody(
    wanted,
    passed.map(({ error }) => error),
  );
};

/** The first that will be asked again of those that only a limit or a rule keeps from it; null: there is none. One that is away may be back before. */
const soonestOf = (errors: readonly HiveError[]): HiveError | null => {
  const parked = errors.flatMap((error) => parkingOf(error) ?? []);
  const [first] = parked.toSorted((a, b) => ((a.until ?? '') < (b.until ?? '') ? -1 : 1));
  if (!first) return null;
  const soon = new Date(Date.now() + lookAgainMs).toISOString();
  const isAway = errors.some((error) => hasCode(error, 'model.unreachable'));
  return parkedError(isAway && (first.until ?? soon) > soon ? { ...first, until: soon } : first);
};

/** Why none of a list can be asked: one that comes back is waited for, what is not configured stays away. */
const nobody = (wanted: Wanted, errors: readonly HiveError[]): HiveError => {
  const parked = soonestOf(errors);
  if (parked) return parked;
  const why = errors.map((error) => error.message).join('; ');
  const away = errors.filter((error) => hasCode(error, 'model.unreachable'));
  if (away.length > 0) {
    const waits = away.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
    return new HiveError(
      'model.unreachable',
      `No model for the ${wanted.role} can be reached now: ${why}; start it, or name another one with --model`,
      {
        remedy: 'retry',
        where: 'other',
        ...(waits.length === away.length && { retryAfterMs: Math.min(...waits) }),
      },
    );
  }
  const refused = errors.find(({ code }) => code === 'model.auth' || code === 'model.billing');
  return refused ?? missing(wanted, why);
};

/** True when hive.yaml names a reviewer: without one, rules alone review. */
export const hasModelReviewer = (config: HiveConfig): boolean => config.models.reviewer.length > 0;

/** The boxes on which a local model may be asked, as far as they do not fail. */
const localOf = (config: HiveConfig, ref: ModelRef, circuits: Circuits): readonly LocalModel[] =>
  ref.provider !== 'ollama'
    ? []
    : boxesOf(config)
        .filter(({ name }) => ref.box === undefined || ref.box === name)
        .filter(({ name }) => circuits({ ...ref, box: name }) === null)
        .map(({ name }) => ({ model: ref.model, box: name }));

const open = async (
  config: HiveConfig,
  ref: ModelRef,
  {
    wanted,
    circuits,
    choose,
  }: { readonly wanted: Wanted; readonly circuits: Circuits; readonly choose: Heeded['choose'] },
): Promise<Model> => {
  if (ref.provider === 'claude') return openClaude(config, ref, { wanted, circuits });
  if (ref.provider === 'claude-code') return openClaudeCode(config, ref, { wanted, circuits });
  if (ref.provider === 'ollama') return openOllama(config, ref, { circuits, choose });
  throw new HiveError(
    'config.invalid',
    `${formatModelRef(ref)} is how a double is shown; name the server that it stands in for`,
    {
      remedy: 'fix_config',
    },
  );
};

/** Brings a megabyte of a client along that only those need who have named it. */
const paidBridge = () => import('@hive/claude-bridge');

const openClaude = async (
  config: HiveConfig,
  ref: ModelRef,
  { wanted, circuits }: { readonly wanted: Wanted; readonly circuits: Circuits },
): Promise<Model> => {
  if (wanted.localOnly) throw lacking(`${formatModelRef(ref)} is not local and --local-only was given`);
  const { apiKey, baseUrl } = config.anthropic;
  if (apiKey === null) throw lacking(`${formatModelRef(ref)} needs ANTHROPIC_API_KEY in the environment of Hive`);
  const open = circuits(ref);
  if (open) throw open;
  const { createClaude } = await paidBridge();
  return createClaude({
    apiKey: apiKey.reveal(),
    baseURL: baseUrl ?? claudeUrl,
    model: ref.model,
    prices: claudePrices(config.prices),
  });
};

/** Claude Code without its tools, in a folder of its own that is empty: it sees what it is asked, and nothing else. */
const openClaudeCode = async (
  config: HiveConfig,
  ref: ModelRef,
  { wanted, circuits }: { readonly wanted: Wanted; readonly circuits: Circuits },
): Promise<Model> => {
  const name = formatModelRef(ref);
  if (wanted.localOnly) throw lacking(`${name} is not local and --local-only was given`);
  if (config.claudeCode === null)
    throw lacking(
      `${name} is your own Claude Code, which Hive starts only with \`claude_code: { terms: accepted }\` in hive.yaml`,
    );
  const { command, path, home } = config.claudeCode;
  const program = isAbsolute(command) ? command : onPath(command, path);
  if (program === null)
    throw lacking(`${name} needs Claude Code, and there is no ${command} on PATH; install it or say its path`);
  const open = circuits(ref);
  if (open) throw open;
  const cwd = join(config.home, 'claude-code');
  await mkdir(cwd, { recursive: true, mode: 0o700 });
  const { createClaudeCode } = await paidBridge();
  return createClaudeCode({
    command: program,
    model: ref.model,
    cwd,
    environment: { PATH: path, HOME: home },
    access: { kind: 'plan' },
  });
};

const onPath = (command: string, path: string): string | null => {
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    const file = join(folder, command);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // It may be in the next one.
    }
  }
  return null;
};

/** hive.yaml names models by their refs, the bridge by their ids. */
const claudePrices = (prices: HiveConfig['prices']): Prices =>
  Object.fromEntries(
    Object.entries(prices).map(([ref, { input, output, cacheRead, cacheWrite }]) => [
      ref.replace(/^claude:/, ''),
      { input, output, ...(cacheRead !== undefined && { cacheRead }), ...(cacheWrite !== undefined && { cacheWrite }) },
    ]),
  );

const openOllama = async (
  config: HiveConfig,
  ref: ModelRef,
  { circuits, choose }: { readonly circuits: Circuits; readonly choose: Heeded['choose'] },
): Promise<Model> => {
  const boxes = boxesOf(config).filter((box) => ref.box === undefined || box.name === ref.box);
  const [first] = boxes;
  if (!first)
    throw new HiveError(
      'config.invalid',
      `There is no box ${ref.box ?? ''} for ${formatModelRef(ref)}; there are ${boxesOf(config)
        .map(({ name }) => name)
        .join(', ')}, and hive boxes add adds one`,
      { remedy: 'fix_config' },
    );
  const local = localOf(config, ref, circuits);
  const failing = local.length === 0 ? circuits({ ...ref, box: first.name }) : null;
  if (failing) throw failing;
  if (choose) return choose(local);
  const found: string[] = [];
  let answered = false;
  for (const box of boxes.filter(({ name }) => local.some((it) => it.box === name))) {
    const models = (await probeBox(box.endpoint, () => AbortSignal.timeout(probeMs)).catch(() => null))?.models ?? null;
    if (models === null) continue;
    answered = true;
    if (models.some(({ name }) => name === ref.model || name === `${ref.model}:latest`))
      return createOllama({ endpoint: box.endpoint, model: ref.model, box: box.name });
    found.push(...models.map(({ name }) => name));
  }
  if (!answered)
    throw new HiveError('model.unreachable', `no Ollama answers at ${boxes.map((box) => box.endpoint).join(', ')}`, {
      remedy: 'retry',
    });
  const others =
    found.length === 0 ? `pull it with: ollama pull ${ref.model}` : `there are ${found.slice(0, 5).join(', ')}`;
  throw new HiveError('model.unknown', `no box has ${ref.model}; ${others}`, { remedy: 'fix_config' });
};

const anyLocal = async (config: HiveConfig, wanted: Wanted, circuits: Circuits): Promise<Model> => {
  const boxes = boxesOf(config);
  for (const box of boxes) {
    const models = (await probeBox(box.endpoint, () => AbortSignal.timeout(probeMs)).catch(() => null))?.models ?? [];
    const name =
      models.find((model) => model.name === box.model)?.name ??
      models.find((model) => !model.name.includes('embed'))?.name;
    const open = name === undefined ? null : circuits({ provider: 'ollama', model: name, box: box.name });
    if (open) throw open;
    if (name !== undefined) return createOllama({ endpoint: box.endpoint, model: name, box: box.name });
  }
  throw missing(
    wanted,
    `none is named and no Ollama with a model answers at ${boxes.map((box) => box.endpoint).join(', ')}`,
  );
};
