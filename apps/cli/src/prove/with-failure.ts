import { cleaned, firstFailure } from '@hive/workspace';
import type { Examined } from './verdict.ts';

/** Says what failed first on a red commit also where its proof does not: a check that was red before is not counted there, and still has something to say. */
export const withFailure = async (
  one: Examined,
  artefact: (hash: string) => Promise<Uint8Array>,
): Promise<Examined> => {
  const run = one.evidence?.commands.find(({ on, exit }) => on === 'head' && exit !== 0);
  if (one.verdict !== 'red' || one.failure !== null || !run) return one;
  const failure = firstFailure(cleaned(Buffer.from(await artefact(run.log)).toString('utf8')));
  return { ...one, failure: `${run.name}: exit ${run.exit}${failure ? `, first failure: ${failure.line}` : ''}` };
};
