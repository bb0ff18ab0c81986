import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { addressChanged } from './address.ts';

/** The search parameters of the address, kept fresh: the host is rendered again when they change. */
export class AddressController implements ReactiveController {
  readonly #host: ReactiveControllerHost;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  /** The value of a parameter, empty when it is not there. */
  get(name: string): string {
    return new URLSearchParams(location.search).get(name) ?? '';
  }

  hostConnected(): void {
    addEventListener(addressChanged, this.#update);
    addEventListener('popstate', this.#update);
  }

  hostDisconnected(): void {
    removeEventListener(addressChanged, this.#update);
    removeEventListener('popstate', this.#update);
  }

  readonly #update = () => this.#host.requestUpdate();
}
