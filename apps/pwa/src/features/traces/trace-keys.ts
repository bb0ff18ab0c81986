import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { addressWith, goTo } from '../../app/address.ts';
import { isQuiet } from '../../app/keys.ts';
import type { RoomDesk } from '../../data/desk.ts';
import { toast } from '../../ui/toast.ts';
import { neighbourOf } from './trace-neighbour.ts';

/** What the keys need of the page: the desk, and the whole id of the trace once it is known. */
export type TraceKeysOptions = { readonly desk: () => RoomDesk; readonly correlationId: () => string | undefined };

/** The keys of a trace in any of its views: y t change the view, [ ] go to the older and the newer trace. */
export class TraceKeys implements ReactiveController {
  readonly #options: TraceKeysOptions;

  constructor(host: ReactiveControllerHost, options: TraceKeysOptions) {
    this.#options = options;
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener('keydown', this.#take);
  }

  hostDisconnected(): void {
    document.removeEventListener('keydown', this.#take);
  }

  readonly #take = (event: KeyboardEvent): void => {
    if (isQuiet(event)) return;
    if (event.key === 'y') goTo(addressWith({ view: null }));
    else if (event.key === 't') goTo(addressWith({ view: 'graph' }));
    else if (event.key === '[') void this.#go('older');
    else if (event.key === ']') void this.#go('newer');
    else return;
    event.preventDefault();
  };

  async #go(way: 'older' | 'newer'): Promise<void> {
    const { desk, correlationId } = this.#options;
    const id = correlationId();
    if (id === undefined) return;
    try {
      const other = await neighbourOf(desk(), id, way);
      if (other === null) toast(way === 'older' ? 'There is no older trace' : 'There is no newer trace');
      else goTo(`/traces/${other}`);
    } catch {
      toast('The list of traces could not be read', 'failed');
    }
  }
}
