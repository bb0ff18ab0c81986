import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Permission } from '@hive/events';
import type { RoomDesk } from './desk.ts';

const asked = new WeakMap<object, Promise<readonly Permission[]>>();

/** What this browser may do, asked once for all pages. What could not be asked is asked again by the next page. */
const rightsOf = (desk: Pick<RoomDesk, 'session'>): Promise<readonly Permission[]> => {
  const known = asked.get(desk);
  if (known) return known;
  const rights = desk.session().then(({ may }) => may);
  rights.catch(() => asked.delete(desk)); // whoever asked hears of it as well
  asked.set(desk, rights);
  return rights;
};

/** What this browser may do, for a page that offers verbs. Nothing is offered before it is known. */
export class Rights implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #desk: () => Pick<RoomDesk, 'session'>;
  #rights: readonly Permission[] | null = null;

  constructor(host: ReactiveControllerHost, desk: () => Pick<RoomDesk, 'session'>) {
    this.#host = host;
    this.#desk = desk;
    host.addController(this);
  }

  readonly may = (right: Permission): boolean => this.#rights?.includes(right) ?? false;

  /** Whether the answer has come; until then, what may not be is only not known. */
  get areKnown(): boolean {
    return this.#rights !== null;
  }

  hostConnected(): void {
    void rightsOf(this.#desk())
      .catch((): readonly Permission[] => []) // whoever cannot be asked would refuse the verb as well
      .then((rights) => {
        this.#rights = rights;
        this.#host.requestUpdate();
      });
  }
}
