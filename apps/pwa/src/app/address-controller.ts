import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { addressChanged } from './address.ts';

/**
 * The search parameters of the address, kept fresh: the host is rendered again when they change. Another path is another page, or another thing on
 * the same one, which is rendered then all the same: rendering what is about to be left would only keep a hand waiting.
 */
export class AddressController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #path = '';

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  /** The value of a parameter, empty when it is not there. */
  get(name: string): string {
    return new URLSearchParams(location.search).get(name) ?? '';
  }

  hostConnected(): void {
    this.#path = location.pathname;
    addEventListener(addressChanged, this.#update);
    addEventListener('popstate', this.#update);
  }

  hostDisconnected(): void {
    removeEventListener(addressChanged, this.#update);
    removeEventListener('popstate', this.#update);
  }

  readonly #update = () => {
    const before = this.#path;
    this.#path = location.pathname;
    if (before === this.#path) this.#host.requestUpdate();
  };
}
