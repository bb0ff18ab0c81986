import type { Desk, Evidence } from '@hive/events';
import { testCounts, type TestCounts } from './test-counts.ts';

/** Reads the logs of a proof, so that what the test runners summed up can be told. A log that is gone tells nothing. */
export const logReader = async (
  desk: Pick<Desk, 'artefact'>,
  evidence: Evidence | null,
): Promise<(log: string) => TestCounts | null> => {
  const counts = new Map<string, TestCounts | null>();
  for (const hash of new Set(evidence?.commands.map((command) => command.log))) {
    const log = await desk.artefact(hash).catch(() => null);
    counts.set(hash, log === null ? null : testCounts(Buffer.from(log).toString('utf8')));
  }
  return (hash) => counts.get(hash) ?? null;
};
