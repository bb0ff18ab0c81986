import { createClaude } from '@hive/claude-bridge';
import type { Box, HiveConfig } from '@hive/config';
import { HiveError, hasCode } from '@hive/errors';
import { formatModelRef, parseModelRef, type Model, type ModelRef } from '@hive/llm';
import { createOllama, probeBox } from '@hive/ollama-bridge';
import type { Wanted } from './wanted.ts';

const probeMs = 2000;
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

/**
 * The first model of the wanted ones that can be reached: what the user named, else the role's list in hive.yaml, else what a box has.
 * A paid provider is taken only when it is named. Throws `model.missing`, `model.unknown` or `config.invalid`.
 */
export const findModel = async (config: HiveConfig, wanted: Wanted): Promise<Model> => {
  const refs = wanted.ref === null ? config.models[wanted.role] : [wanted.ref];
  if (refs.length === 0) return anyLocal(config, wanted);
  const reasons: HiveError[] = [];
  for (const ref of refs) {
    try {
      return await open(config, parseModelRef(ref), wanted);
    } catch (error) {
      if (!hasCode(error, 'model.missing') && !hasCode(error, 'model.unknown') && !hasCode(error, 'model.unreachable'))
        throw error;
      reasons.push(error);
    }
  }
  const why = reasons.map((error) => error.message).join('; ');
  // A box that restarts is back in a minute; what is not configured stays away.
  if (reasons.some((error) => hasCode(error, 'model.unreachable')))
    throw new HiveError('model.unreachable', `No model for the ${wanted.role} can be reached now: ${why}`, {
      remedy: 'retry',
      where: 'other',
    });
  throw missing(wanted, why);
};

/** True when hive.yaml names a reviewer: without one, rules alone review. */
export const hasModelReviewer = (config: HiveConfig): boolean => config.models.reviewer.length > 0;

const open = async (config: HiveConfig, ref: ModelRef, wanted: Wanted): Promise<Model> => {
  if (ref.provider === 'claude') return openClaude(config, ref, wanted);
  if (ref.provider === 'ollama') return openOllama(config, ref);
  throw new HiveError(
    'config.invalid',
    `${formatModelRef(ref)} is how a double is shown; name the server that it stands in for`,
    {
      remedy: 'fix_config',
    },
  );
};

const openClaude = (config: HiveConfig, ref: ModelRef, wanted: Wanted): Model => {
  if (wanted.localOnly) throw lacking(`${formatModelRef(ref)} is not local and --local-only was given`);
  const { apiKey, baseUrl } = config.anthropic;
  if (apiKey === null) throw lacking(`${formatModelRef(ref)} needs ANTHROPIC_API_KEY in the environment of Hive`);
  return createClaude({ apiKey: apiKey.reveal(), baseURL: baseUrl ?? claudeUrl, model: ref.model });
};

const openOllama = async (config: HiveConfig, ref: ModelRef): Promise<Model> => {
  const boxes = boxesOf(config).filter((box) => ref.box === undefined || box.name === ref.box);
  if (boxes.length === 0)
    throw new HiveError('config.invalid', `There is no box ${ref.box ?? ''} in hive.yaml`, { remedy: 'fix_config' });
  const found: string[] = [];
  let answered = false;
  for (const box of boxes) {
    const models = (await probeBox(box.endpoint, AbortSignal.timeout(probeMs)).catch(() => null))?.models ?? null;
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

const anyLocal = async (config: HiveConfig, wanted: Wanted): Promise<Model> => {
  const boxes = boxesOf(config);
  for (const box of boxes) {
    const models = (await probeBox(box.endpoint, AbortSignal.timeout(probeMs)).catch(() => null))?.models ?? [];
    const name =
      models.find((model) => model.name === box.model)?.name ??
      models.find((model) => !model.name.includes('embed'))?.name;
    if (name !== undefined) return createOllama({ endpoint: box.endpoint, model: name, box: box.name });
  }
  throw missing(
    wanted,
    `none is named and no Ollama with a model answers at ${boxes.map((box) => box.endpoint).join(', ')}`,
  );
};
