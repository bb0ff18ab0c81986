import type { ReactiveController, ReactiveControllerHost } from 'lit';

/**
 * Keeps a list still while a hand is on it: what comes while the pointer or the focus is inside waits, and is counted. The page spreads
 * {@link HeldNews.enter} and {@link HeldNews.leave} over the list and shows the count as a button that calls {@link HeldNews.release}.
 */
export class HeldNews implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #known: ReadonlySet<string> | null = null;
  /** Reads the ids of what is shown; only a hand that comes needs them. */
  #idsShown: () => readonly string[] = () => [];

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#known = null;
  }

  /** The items that may be shown now, and how many wait. Order and content of those that are shown stay as they are given. */
  split<T>(items: readonly T[], idOf: (item: T) => string): { readonly shown: readonly T[]; readonly waiting: number } {
    const known = this.#known;
    const shown = known === null ? items : items.filter((item) => known.has(idOf(item)));
    this.#idsShown = () => shown.map(idOf);
    return { shown, waiting: items.length - shown.length };
  }

  /** For `pointerenter` and `focusin`. */
  readonly enter = (): void => {
    this.#known ??= new Set(this.#idsShown());
  };

  /** For `pointerleave` and `focusout`. */
  readonly leave = (event: Event): void => {
    const list = event.currentTarget as HTMLElement;
    if (!list.matches(':hover') && !list.contains((event as FocusEvent).relatedTarget as Node | null)) this.release();
  };

  /** Shows what waits. */
  readonly release = (): void => {
    if (this.#known === null) return;
    this.#known = null;
    this.#host.requestUpdate();
  };
}
