import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { HiveEvent } from '@hive/events';

/** What a person asked for: the verb, and by which event they see that it was done. */
export type Command = {
  /** Names it among the commands of its host: `cancel`, `retry <task>`. */
  readonly key: string;
  /** What is said while it is on its way: `Cancelling`. */
  readonly doing: string;
  /** True for an event that only this can have caused. */
  readonly effect: (event: HiveEvent) => boolean;
  readonly run: () => Promise<unknown>;
};

/** Where a command stands. `recorded`: the server has taken it, and its event has not come yet. */
export type CommandState =
  | { readonly state: 'sent' | 'recorded'; readonly doing: string }
  | { readonly state: 'refused'; readonly error: unknown };

type Known = { readonly command: Command; readonly after: number; readonly now: CommandState };

/**
 * The commands that were pressed on a page and have had no effect yet. One is over when an event that it caused is on the page; what the server
 * refused stays until it is dismissed or pressed again.
 */
export class PendingCommands implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #events: () => readonly HiveEvent[];
  readonly #known = new Map<string, Known>();

  /** `events` are those that the page shows, in log order. */
  constructor(host: ReactiveControllerHost, events: () => readonly HiveEvent[]) {
    this.#host = host;
    this.#events = events;
    host.addController(this);
  }

  /** Where the command with this key stands; undefined when it was not pressed, or is done. */
  of(key: string): CommandState | undefined {
    return this.#known.get(key)?.now;
  }

  /** All that are on their way or were refused, the first pressed first. */
  get all(): readonly (readonly [key: string, state: CommandState])[] {
    return [...this.#known].map(([key, { now }]) => [key, now]);
  }

  isBusy(key: string): boolean {
    const state = this.of(key)?.state;
    return state === 'sent' || state === 'recorded';
  }

  /** Sends it, unless it is on its way already. Answers whether the server took it. */
  async press(command: Command): Promise<boolean> {
    const { key, doing } = command;
    if (this.isBusy(key)) return false;
    const after = this.#events().at(-1)?.position ?? 0;
    const become = (now: CommandState) => {
      this.#known.set(key, { command, after, now });
      this.#host.requestUpdate();
    };
    become({ state: 'sent', doing });
    try {
      await command.run();
    } catch (error) {
      become({ state: 'refused', error });
      return false;
    }
    // Its event may have been faster than the answer.
    if (this.#known.has(key)) become({ state: 'recorded', doing });
    return true;
  }

  dismiss(key: string): void {
    this.#known.delete(key);
    this.#host.requestUpdate();
  }

  hostUpdate(): void {
    for (const [key, { command, after, now }] of this.#known) {
      if (now.state === 'refused') continue;
      const hasCome = this.#events().findLast((event) => event.position > after && command.effect(event)) !== undefined;
      if (hasCome) this.#known.delete(key);
    }
  }
}
