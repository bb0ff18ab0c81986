import { listClaudeModels, type ListedModel } from '@hive/claude-bridge';
import type { HiveConfig } from '@hive/config';
import { isHiveError, type Code, type HiveError } from '@hive/errors';
import type { Finding } from './advice.ts';

const askMs = 5000;
const about = 'Claude key';

/**
 * What the provider says about the key and the models that hive.yaml names, by its list of models, which costs nothing. Nobody is asked, and nothing is
 * found, where hive.yaml names no `claude:` model or there is no key.
 */
export const claudeFindings = async ({
  models,
  anthropic,
}: Pick<HiveConfig, 'models' | 'anthropic'>): Promise<Finding[]> => {
  const named = [...new Set([...models.planner, ...models.worker, ...models.reviewer])]
    .filter((ref) => ref.startsWith('claude:'))
    .map((ref) => ref.slice('claude:'.length));
  if (named.length === 0 || anthropic.apiKey === null) return [];
  const baseURL = anthropic.baseUrl ?? 'https://api.anthropic.com';
  const run = {
    signal: new AbortController().signal,
    deadline: new Date(Date.now() + askMs),
    idleMs: askMs,
    correlationId: 'doctor',
    callId: 'doctor',
  };
  try {
    const listed = await listClaudeModels({ apiKey: anthropic.apiKey.reveal(), baseURL }, run);
    return [
      { about, status: 'ok', says: `accepted by ${new URL(baseURL).host}` },
      ...named.flatMap((name) => ofModel(name, listed)),
    ];
  } catch (error) {
    if (!isHiveError(error)) throw error;
    return [failed(error)];
  }
};

const failed = (error: HiveError): Finding => {
  if (error.code === 'model.unknown') return { about, status: 'ok', says: 'not checked: the server lists no models' };
  const isWrong = wrong.has(error.code);
  return {
    about,
    status: isWrong ? 'broken' : 'absent',
    says: isWrong ? error.message : `not checked: ${error.message}`,
  };
};

const wrong: ReadonlySet<Code> = new Set<Code>(['model.auth', 'model.billing', 'config.invalid']);

const ofModel = (name: string, listed: readonly ListedModel[]): Finding[] => {
  const found = listed.find(({ id }) => id === name);
  const about = `claude:${name}`;
  if (!found)
    return [
      {
        about,
        status: 'absent',
        says: 'not in the list of the provider',
        todo: `it may be another name of a model; listed are ${listed
          .slice(0, 8)
          .map(({ id }) => id)
          .join(', ')}`,
      },
    ];
  const { state = 'active', retiresAt = null } = found.capabilities.lifecycle ?? {};
  if (state === 'active') return [];
  const says =
    state === 'retired' ? 'retired' : `deprecated${retiresAt === null ? '' : `, retires on ${retiresAt.slice(0, 10)}`}`;
  return [
    { about, status: state === 'retired' ? 'broken' : 'absent', says, todo: 'name another one under hive.models' },
  ];
};
