import { beginningOf, endOf } from '@hive/errors';
import { streams } from '@hive/events';
import { untrusted, type Part } from '@hive/llm';
import { cleaned, patchFiles } from '@hive/workspace';
import type { Context, StepInHand } from '../agent.ts';
import { modelsOf } from './find-model.ts';
import { lossesOf, rungAfter } from './rungs.ts';
import { liveWanted } from './take-turn.ts';
import type { Wanted } from './wanted.ts';

const lookedBack = 200;
const mostChars = { diff: 12_000, log: 4000 };

/**
 * What the models before this one left behind where a task has come to the next of a list: the change that was not taken, and what its red checks
 * said. Each part of the change says which file it is of, so that rules about what may leave hold for it too. Empty for the first model.
 */
export const failingTranscript = async (
  wanted: Wanted,
  step: StepInHand,
  { bus, artefacts, config }: Pick<Context, 'bus' | 'artefacts' | 'config'>,
): Promise<readonly Part[]> => {
  const { task, workflow } = step;
  const models = modelsOf(config, liveWanted(wanted, step));
  if (!task || models.length < 2) return [];
  const { events } = await bus.store.events({ stream: streams.task(task.id), newest: true, limit: lookedBack });
  const losses = lossesOf(events, step.kind);
  const rung = rungAfter(losses, { after: config.fallback.after, rungs: models.length });
  if (rung === 0) return [];
  const textOf = async (hash: string) => cleaned(Buffer.from(await artefacts.get(hash)).toString('utf8'));
  const red = (task.evidence?.commands ?? []).filter(({ on, exit }) => on === 'head' && exit !== 0);
  const said = red.map(async ({ name, log }) => ({
    text: untrusted(
      `What the check ${JSON.stringify(name)} said (kept as ${log})`,
      lastOf(await textOf(log), mostChars.log),
    ),
  }));
  return [
    { text: `${losses} attempts of ${models.slice(0, rung).join(' and ')} at this task did not get through.` },
    ...(task.patch === null ? [] : changeIn(await textOf(task.patch), task.patch, workflow.submission.repo)),
    ...(await Promise.all(said)),
  ];
};

/** The last change, file by file. */
const changeIn = (patch: string, hash: string, repo: string): Part[] => {
  let left = mostChars.diff;
  return patch
    .split(/^(?=diff --git )/m)
    .filter((part) => part.startsWith('diff --git '))
    .flatMap((part): Part[] => {
      const [path, ...others] = patchFiles(part);
      if (path === undefined || left <= 0) return [];
      const text = untrusted(`The change that was not taken (kept as ${hash})`, beginningOf(part, left));
      left -= part.length;
      const renamed = others.map((other): Part => ({ text: `It is also of ${other}.`, from: { repo, path: other } }));
      return [{ text, from: { repo, path } }, ...renamed];
    });
};

const lastOf = (text: string, most: number): string => (text.length <= most ? text : `…${endOf(text, most)}`);
