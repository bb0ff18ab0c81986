import type { Bus } from '@hive/bus';
import type { Artefacts } from '@hive/core-db';
import { HiveError } from '@hive/errors';
import {
  advertise,
  assertHomeOutside,
  findRemote,
  openQuarantine,
  openRepo,
  readPackets,
  readPushRequest,
  receivePack,
  requestLimit,
  sweepQuarantines,
  type Quarantine,
  type Repo,
} from '@hive/workspace';
import type { Door } from '../at-the-door.ts';
import { createSubmit } from '../submit.ts';
import { createHandIn } from './hand-in.ts';
import { createPushAnswer, type RefOutcome } from './push-answer.ts';
import { sortCommands } from './sort-commands.ts';

/** The side of `git push` that receives: commits come into a quarantine, and each pushed branch is handed in as a change. */
export type Pushes = {
  /** What git is told first. Throws `input.unknown_id`. */
  advertise(name: string, protocol: string | undefined): Promise<Uint8Array>;
  /**
   * Takes a push and answers it piece by piece. What is wrong with the name or the request is thrown before the first piece; what is wrong with a
   * branch is told to git. When the body breaks off or `signal` is aborted nothing is handed in. Nothing is left of it in any case.
   */
  receive(push: Push): AsyncGenerator<Uint8Array>;
  /** Removes what a process left that was killed while somebody pushed. */
  sweep(): Promise<void>;
};

/** One request of `git push`. */
export type Push = {
  readonly name: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** Where the control room answers, for the line that says how to follow. */
  readonly url: string;
  readonly signal: AbortSignal;
};

/** What pushes stand on, as a desk does. `onError` hears of bugs, of which git is told nothing. */
export type PushOptions = {
  readonly bus: Bus;
  readonly artefacts: Artefacts;
  readonly door: Door;
  readonly onError: (error: unknown) => void;
};

const maxAtOnce = 4;

export const createPushes = ({ bus, artefacts, door, onError }: PushOptions): Pushes => {
  const { home } = door.config;
  const handIn = createHandIn({ store: bus.store, submit: createSubmit(bus, artefacts, door), onError });
  let running = 0;

  const find = async (name: string): Promise<Repo> => {
    const repo = await openRepo((await findRemote(home, name)).root);
    await assertHomeOutside(home, repo);
    return repo;
  };

  async function* inQuarantine<T>(
    { gitDir }: Repo,
    use: (quarantine: Quarantine) => AsyncGenerator<T>,
  ): AsyncGenerator<T> {
    if (running >= maxAtOnce)
      throw new HiveError('infra.git', `${maxAtOnce} pushes are being taken already; push again in a moment`, {
        remedy: 'retry',
        retryAfterMs: 5000,
      });
    running += 1;
    try {
      const quarantine = await openQuarantine(home, gitDir);
      try {
        yield* use(quarantine);
      } finally {
        await quarantine.remove();
      }
    } finally {
      running -= 1;
    }
  }

  return {
    advertise: async (name, protocol) => {
      const pieces = inQuarantine(await find(name), async function* (quarantine) {
        yield await advertise(quarantine, protocol);
      });
      return (await Array.fromAsync(pieces))[0] ?? new Uint8Array();
    },

    receive: async function* ({ name, body, url, signal }) {
      const repo = await find(name);
      const reader = readPackets(body, requestLimit);
      const request = await readPushRequest(reader);
      const answer = createPushAnswer(request.capabilities);
      const { taken, refused } = sortCommands(request.commands);
      if (taken.length === 0) {
        for await (const _ of reader.rest()) void _; // git speaks to its end before it listens
        if (refused.length > 0) yield answer.end(refused);
        return;
      }
      yield* inQuarantine(repo, async function* (quarantine) {
        const arrived = await receivePack(quarantine, { commands: taken, pack: reader.rest(), signal });
        const outcomes: RefOutcome[] = [...refused];
        for (const { ref, to } of taken) {
          const trouble = arrived.trouble ?? arrived.refused.get(ref);
          const told =
            trouble === undefined
              ? await handIn({ remote: name, repo, quarantine, ref, sha: to, options: request.options, url })
              : { refused: trouble, lines: [] };
          for (const line of told.lines) yield answer.say(line);
          outcomes.push({ ref, refused: told.refused });
        }
        yield answer.end(outcomes, arrived.trouble);
      });
    },

    sweep: () => sweepQuarantines(home),
  };
};
