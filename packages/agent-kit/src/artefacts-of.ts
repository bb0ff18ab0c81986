import { createArtefacts } from '@hive/core-db';
import { HiveError } from '@hive/errors';
import type { Artefacts } from '@hive/workspace';

/** The artefacts of a home, for those who hold a hash that was recorded: its bytes are there, or the home is damaged (`infra.disk`). */
export const artefactsOf = (home: string): Artefacts => {
  const stored = createArtefacts(home);
  return {
    put: stored.put,
    get: async (hash) => {
      const bytes = await stored.get(hash);
      if (bytes) return bytes;
      throw new HiveError(
        'infra.disk',
        `The artefact ${hash} is missing in ${home}, or its file has other content; hive verify names all such files`,
        { remedy: 'fix_config' },
      );
    },
  };
};
