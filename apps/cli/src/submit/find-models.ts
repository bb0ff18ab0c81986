import { findModel } from '@hive/agent-kit';
import type { HiveConfig } from '@hive/config';
import type { Wanted } from '@hive/front-desk';
import type { FoundModel } from './wanted-models.ts';

/** Who would be asked; wanted ones that cannot be found are left out. Import this module when it is needed: it brings the bridges along. */
export const findModels = async (config: HiveConfig, wanted: readonly Wanted[]): Promise<FoundModel[]> => {
  const found = await Promise.all(
    wanted.map(async (one): Promise<FoundModel[]> => {
      const model = await findModel(config, one).catch(() => null);
      if (model === null) return [];
      const { provider, model: name, box } = model.ref;
      return [
        {
          role: one.role,
          name: `${provider}:${name}${box === undefined ? '' : `@${box}`}`,
          destination: model.destination,
        },
      ];
    }),
  );
  return found.flat();
};
