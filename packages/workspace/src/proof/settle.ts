import type { Ran } from './judge.ts';
import { missingHost, withoutNetwork } from './missing-network.ts';
import { missingTool } from './missing-tool.ts';

/** What ran, and the first run that the environment spoiled, which makes the proof impossible here. */
export type Settled = { readonly ran: readonly Ran[]; readonly stopped: Ran | null };

/**
 * Tells what the environment did from what the change did, which takes a look at all places. A program that is missing everywhere is missing on this
 * machine. One that is missing with the change only was taken away by it: red. One that is there only with the change proves nothing by its absence: the
 * run says `check.not_found` and counts neither as red nor as green; unless it is a file of the repository, which is as absent as a function that is not
 * yet written: red. A host that is missed at every place is missing here; one that only the head asks for makes it red.
 */
export const settle = (ran: readonly Ran[]): Settled => {
  const settled = ran.map((one): { ran: Ran; counts: boolean } => {
    const lacks = lackOf(one);
    const host = missingHost(one.result, one.output);
    if (lacks === null && host !== null && ran.every((it) => it.check.name !== one.check.name || isOffline(it)))
      return { ran: offline(one, host), counts: true };
    if (lacks === null) return { ran: one, counts: true };
    const ranElsewhere = ran.some((it) => it.check.name === one.check.name && it.on !== one.on && lackOf(it) === null);
    if (!ranElsewhere) return { ran: notFound(one, lacks), counts: true };
    if (one.on === 'head' || lacks.includes('/')) return { ran: red(one), counts: true };
    return { ran: notFound(one, lacks), counts: false };
  });
  return {
    ran: settled.map((it) => it.ran),
    stopped: settled.find((it) => it.counts && it.ran.result.infra !== undefined)?.ran ?? null,
  };
};

/** The program that a run did not find. */
const lackOf = ({ check, result, output }: Ran): string | null => {
  if (result.infra === 'check.not_found') return check.argv[0] ?? '';
  return result.infra === undefined ? missingTool(result.exit, output) : null;
};

const isOffline = ({ result, output }: Ran): boolean => missingHost(result, output) !== null;

const offline = (one: Ran, host: string): Ran => ({
  ...one,
  result: { ...one.result, infra: 'infra.network', reason: withoutNetwork(host, one.result) },
});

const notFound = (one: Ran, tool: string): Ran => ({
  ...one,
  result: {
    ...one.result,
    infra: 'check.not_found',
    reason: one.result.reason ?? `${tool} was not found; install it, or add a setup command`,
  },
});

const red = (one: Ran): Ran => {
  const { infra, reason, ...result } = one.result;
  if (infra === undefined) return one;
  return { ...one, result: { ...result, exit: 127 }, output: reason ?? one.output };
};
