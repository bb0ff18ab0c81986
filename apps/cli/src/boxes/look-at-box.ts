import type { HiveConfig } from '@hive/config';
import { HiveError, hasCode } from '@hive/errors';
import { probeBox, showModel } from '@hive/ollama-bridge';
import { suits, type Fit } from './suits.ts';

/** What was found at an address; `fits` per model. */
export type Looked = {
  readonly endpoint: string;
  readonly version: string | null;
  readonly double: string | null;
  readonly models: readonly {
    readonly name: string;
    readonly digest: string;
    readonly size: number;
    readonly fits: readonly Fit[];
  }[];
};

const lookMs = 5000;

/** Asks an address for its version and models. Throws `model.unreachable`, or `config.invalid` for plain HTTP to the outside. */
export const lookAtBox = async (
  endpoint: string,
  { config, name }: { readonly config: HiveConfig; readonly name: string },
): Promise<Looked> => {
  const box = await probeBox(endpoint, () => AbortSignal.timeout(lookMs)).catch((error: unknown) => {
    if (!(error instanceof HiveError) || !hasCode(error, 'model.unreachable')) throw error;
    const how =
      'start Ollama there with OLLAMA_HOST=0.0.0.0 if it is another machine, and see that no firewall is between';
    throw new HiveError('model.unreachable', `${error.message}: ${how}`, { remedy: 'fix_config', cause: error });
  });
  const memory = config.boxes.find((it) => it.name === name)?.memoryBytes ?? null;
  const models = await Promise.all(
    box.models.map(async (model) => {
      const shown = await showModel(endpoint, model.name, () => AbortSignal.timeout(lookMs)).catch(() => null);
      const { contextTokens = null, can = null } = shown ?? {};
      const { digest, size } = model;
      return { name: model.name, digest, size, fits: suits({ ...model, contextTokens, can }, memory) };
    }),
  );
  return { endpoint, version: box.version, double: box.double ?? null, models };
};
