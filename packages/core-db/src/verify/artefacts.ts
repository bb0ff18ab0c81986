import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { foreignHome } from '../home-mark.ts';
import { listArtefacts } from '../sweep-artefacts.ts';
import { inPages, ofTrace, said, type Check, type Snapshot } from './check.ts';

/** 1: what a task was given and what proves it is there, and every artefact has the content that its name says. */
export const artefactsWhole: Check = async (snapshot, offenders) => {
  const { home, read } = snapshot;
  if (home === undefined) return;
  if ((await foreignHome(read, home)) !== null)
    return { note: 'artefacts lie in another HIVE_HOME and were not looked at' };
  const there = new Set<string>();
  for (const { hash, path } of await listArtefacts(home)) {
    if (hash === null) continue;
    there.add(hash);
    const found = await hashOf(path);
    if (found !== null && found !== hash)
      offenders.add(`artefact ${hash}: its file has other content than its name says`);
  }
  for await (const { hash, who, trace } of needed(snapshot))
    if (!there.has(hash)) offenders.add(`artefact ${hash} is missing; ${who} needs it${ofTrace(trace)}`);
  return { note: `${there.size} artefacts` };
};

/** Null where it was collected meanwhile. */
const hashOf = async (path: string): Promise<string | null> => {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 18 }), hash);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return hash.digest('hex');
};

/** The patches that tasks were given and made, and the logs of the checks that a merge rests on. */
async function* needed(snapshot: Snapshot) {
  const rows = inPages(snapshot, (last) => ({
    sql: `select stream, version, correlation_id as trace, coalesce(data ->> 'patch', data -> 'evidence' ->> 'patch', data -> 'spec' ->> 'patch') as patch,
        data -> 'evidence' ->> 'commands' as commands from event
      where stream >= 'task/' and stream < 'task0' and type in ('task.created', 'task.submitted', 'task.merged')${last ? ' and (stream, version) > (?, ?)' : ''}
      order by stream, version`,
    values: last ? [said(last, 'stream'), Number(last['version'])] : [],
  }));
  for await (const row of rows) {
    const commands = row['commands'];
    const logs = [...(typeof commands === 'string' ? commands : '').matchAll(/"log":\s?"([0-9a-f]{64})"/g)].flatMap(
      ([, log]) => log ?? [],
    );
    const hashes = typeof row['patch'] === 'string' ? [row['patch'], ...logs] : logs;
    for (const hash of hashes) yield { hash, who: said(row, 'stream'), trace: row['trace'] };
  }
}
