import { isBefore, isBusy, roomFor } from './forecast.ts';
import type { BoxState, Placed } from './pool-state.ts';

/** So many calls of a model that is in the memory may pass an older call that needs another one, for so long at most. */
const batchCalls = 4;
const batchMs = 60_000;

/**
 * Which of the calls that wait for a box may be sent now, first one first: as many as it has room for. Calls of a model that is in the memory go
 * first for a while, so that two models do not throw each other out in turns; a model that is busy or held is never thrown out. Pure.
 */
export const mayStart = (box: BoxState, placed: readonly Placed[], now: number): readonly Placed[] => {
  const here = placed.filter((it) => it.box === box.name);
  const room = box.maxInFlight - here.filter(({ state }) => state === 'runs').length;
  const busy = new Set(here.filter((it) => isBusy(it, now)).map(({ digest }) => digest));
  const waiting = here.filter(({ state }) => state === 'waits').toSorted((a, b) => (isBefore(a, b) ? -1 : 1));
  const isIn = ({ digest }: Placed) => busy.has(digest) || box.loaded.some((it) => it.digest === digest);
  const oldest = waiting.find((it) => !isIn(it));
  const mayPass = oldest !== undefined && now - oldest.since < batchMs && passesOf(oldest, here) < batchCalls;
  const inOrder = mayPass ? [...waiting.filter(isIn), ...waiting.filter((it) => !isIn(it))] : waiting;
  const sent: Placed[] = [];
  for (const call of inOrder) {
    if (sent.length >= room) break;
    const model = box.models.find(({ digest }) => digest === call.digest);
    if (!model) continue;
    if (roomFor(box, model, busy).evict !== null) {
      sent.push(call);
      busy.add(call.digest);
    } else if (!mayPass) break; // what is busy comes to an end only if nobody joins it
  }
  return sent;
};

const passesOf = (oldest: Placed, here: readonly Placed[]): number =>
  here.filter((it) => it.digest !== oldest.digest && (it.startedAt ?? -Infinity) > oldest.since).length;
