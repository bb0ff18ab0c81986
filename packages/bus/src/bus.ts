import mitt from 'mitt';
import { maskOf, pauseRing, type RingMask, type Store, type Write } from '@hive/core-db';
import { HiveError } from '@hive/errors';
import { Step, type NewEvent } from '@hive/events';
import { derivedId } from './ids.ts';
import { createPauseWatch } from './pausing.ts';
import { createQueue, type Queue } from './queue.ts';
import { machine, type Surroundings } from './surroundings.ts';
import { record, type Move } from './record.ts';
import type { Heard } from './heard.ts';
import { createFollower, type Follow } from './follow.ts';

/** A person's or program's wish, recorded as events. */
export type Command = {
  readonly events: readonly NewEvent[];
  readonly correlationId: string;
  /** The stream that is acted on: its latest event is the cause. null: the command is the root of a trace. */
  readonly on: string | null;
  /** The version of `on` that was looked at before. If it has moved on since, the command is refused with `version.conflict`. */
  readonly asOf?: number;
  readonly commandId?: string;
  /** Makes ids that are the same when the command is repeated; a uuid version 7. */
  readonly idFrom?: string;
  /** Dead letters that leave their list with it. */
  readonly takeDeadLetters?: Write['takeDeadLetters'];
  /** Steps that it rests on or changes, as they were read. One that has moved on refuses it with `version.conflict`. */
  readonly changeSteps?: Write['changeSteps'];
};

/** One process's way to the log and the queue. */
export type Bus = {
  readonly store: Store;
  readonly actor: string;
  /** The time and chance of this process. */
  readonly around: Surroundings;
  readonly queue: Queue;
  /** Follows the log from a durable cursor; see {@link Follow}. Resolves when `signal` is aborted. */
  follow(options: Follow): Promise<void>;
  /** Records a command. Throws `transition.refused` when it does not fit, `input.unknown_id` when `on` does not exist, `input.state` when a dead letter is gone. */
  command(command: Command): Promise<{ readonly ids: readonly string[] }>;
  readonly heard: Heard;
  /** How many rings were heard so far, of these kinds or of any sort; read it before looking at the store, and hand it to {@link Heard}. */
  rings(kinds?: readonly Step[]): number;
  close(): void;
};

// mitt's default export is typed as a CommonJS namespace under nodenext, while at run time it is the function.
const emitterOf = mitt as unknown as typeof mitt.default;

/** The bus of one process. `actor` is written into every event, e.g. `worker/worker-1`. */
export const createBus = (store: Store, actor: string, around: Surroundings = machine): Bus => {
  const emitter = emitterOf<{ heard: RingMask }>();
  let all = 0;
  const byKind = new Map<Step, number>();
  const pauses = createPauseWatch(store, around.elapsed);
  const hear = (about: RingMask): void => {
    all += 1;
    if ((about & pauseRing) !== 0) pauses.forget();
    for (const kind of Step.options) if ((about & maskOf([kind])) !== 0) byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
    emitter.emit('heard', about);
  };
  const stop = store.listen(hear);
  const rings: Bus['rings'] = (kinds) => {
    if (kinds === undefined) return all;
    let sum = 0;
    for (const kind of kinds) sum += byKind.get(kind) ?? 0;
    return sum;
  };

  const heard: Heard = (timeoutMs, signal, seen, kinds) =>
    new Promise((resolve) => {
      const wanted = kinds && maskOf(kinds);
      const done = () => {
        callOff();
        emitter.off('heard', hearOne);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const hearOne = (about: RingMask) => {
        if (wanted === undefined || (about & wanted) !== 0) done();
      };
      const callOff = around.after(timeoutMs, done);
      emitter.on('heard', hearOne);
      signal.addEventListener('abort', done);
      if (signal.aborted || (seen !== undefined && rings(kinds) !== seen)) done();
    });

  const command: Bus['command'] = async ({
    events,
    correlationId,
    on,
    asOf,
    commandId,
    idFrom,
    takeDeadLetters,
    changeSteps,
  }) => {
    const moves: Move[] = [{ events }];
    const recorded = await record(store, {
      streams: [...new Set([...events.map((event) => event.stream), ...(on === null ? [] : [on])])],
      onRefused: 'throw',
      newId: around.newId,
      ...(takeDeadLetters && { takeDeadLetters }),
      plan: (heads) => {
        const cause = on === null ? null : heads.get(on);
        if (cause === undefined) throw new HiveError('input.unknown_id', `There is no ${on ?? ''}`);
        if (asOf !== undefined && cause?.version !== asOf)
          throw new HiveError('version.conflict', `${on ?? ''} has just changed; look at it again`, {
            remedy: 'retry',
          });
        return {
          moves,
          ...(changeSteps && { changeSteps }),
          stamp: {
            correlationId,
            causationId: cause?.lastEventId ?? null,
            actor,
            ...(commandId !== undefined && { commandId }),
            ...(idFrom !== undefined && { id: (n: number) => derivedId(idFrom, `command ${n}`) }),
          },
        };
      },
    });
    if (recorded.status === 'letter')
      throw new HiveError('input.state', `Somebody else has just taken the dead letter ${recorded.which}`);
    if (recorded.status !== 'written')
      throw new HiveError('version.conflict', 'The command met another one; try again', { remedy: 'retry' });
    return { ids: recorded.ids };
  };

  const bus: Bus = {
    store,
    actor,
    around,
    queue: createQueue(store, actor, around, hear, pauses),
    follow: (options) => createFollower(store, actor, { heard, rings: () => all, around })(options),
    command,
    heard,
    rings,
    close: () => {
      stop();
      emitter.all.clear();
    },
  };
  return bus;
};
