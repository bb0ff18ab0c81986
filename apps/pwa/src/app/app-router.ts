import type { LitElement, ReactiveController, TemplateResult } from 'lit';
import { expectPage } from '../data/arrival.ts';
import { painted } from '../ui/turns.ts';
import { addressChanged, goTo } from './address.ts';

/** A page of the app. `load` fetches its code; the page is shown when that has come, unless another was asked for meanwhile. */
export type AppRoute = {
  readonly path: string;
  readonly title: string;
  readonly load: () => Promise<unknown>;
  readonly render: (params: Readonly<Record<string, string | undefined>>) => TemplateResult;
};

/** What the router tells its host: which page is shown now, or that its code could not be loaded. */
export type RouterNews = { readonly title: string; readonly moved: boolean };

export type AppRouterOptions = {
  readonly routes: readonly AppRoute[];
  readonly notFound: () => TemplateResult;
  readonly failed: () => TemplateResult;
  readonly onPage: (news: RouterNews) => void;
};

const isPlainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && !event.defaultPrevented;

const linkIn = (event: MouseEvent): HTMLAnchorElement | undefined =>
  event.composedPath().find((node): node is HTMLAnchorElement => node instanceof HTMLAnchorElement);

/**
 * Shows the page of the address: links push history, only the newest navigation wins, unknown addresses and code that does not load
 * have a page, and a change of search parameters alone renders nothing anew.
 */
export class AppRouter implements ReactiveController {
  readonly #host: LitElement;
  readonly #options: AppRouterOptions;
  readonly #patterns: readonly (readonly [URLPattern, AppRoute])[];
  #wanted = 0;
  #taps = 0;
  #shown: string | null = null;
  /** The pathname whose page is on its way; null when none is. */
  #asked: string | null = null;
  #pressed: string | null = null;
  #page: () => TemplateResult | null = () => null;

  constructor(host: LitElement, options: AppRouterOptions) {
    this.#host = host;
    this.#options = options;
    this.#patterns = options.routes.map((route) => [new URLPattern({ pathname: route.path }), route] as const);
    host.addController(this);
  }

  /** The page that is shown; null until there is one. */
  outlet(): TemplateResult | null {
    return this.#page();
  }

  /** The pathname of the page that is shown; null until there is one. */
  get path(): string | null {
    return this.#shown;
  }

  /** The pathname that was asked for by a link, before its page is shown; the frame answers a hand at once. */
  get pressed(): string | null {
    return this.#pressed;
  }

  /** Fetches the code of the page at a pathname, which may be asked for soon. */
  ahead(pathname: string): void {
    void this.#find(pathname)
      ?.route.load()
      .catch(() => undefined); // the page says so when it is asked for
  }

  hostConnected(): void {
    document.addEventListener('click', this.#click);
    addEventListener('popstate', this.#follow);
    addEventListener(addressChanged, this.#follow);
    void this.#show();
  }

  hostDisconnected(): void {
    document.removeEventListener('click', this.#click);
    removeEventListener('popstate', this.#follow);
    removeEventListener(addressChanged, this.#follow);
  }

  readonly #click = (event: MouseEvent) => {
    const link = linkIn(event);
    if (
      !link ||
      !isPlainClick(event) ||
      link.target !== '' ||
      link.origin !== location.origin ||
      link.hasAttribute('download')
    )
      return;
    if (link.hash !== '' && link.pathname === location.pathname) return;
    event.preventDefault();
    if (link.href === location.href) return;
    const address = link.pathname + link.search;
    if (link.pathname === location.pathname) return goTo(address);
    this.#pressed = link.pathname;
    this.#host.requestUpdate();
    void this.#goAnswered(address);
  };

  /** The frame in which the hand is answered comes first: to write the history, and to ask for code, takes as long as making that frame. */
  async #goAnswered(address: string): Promise<void> {
    const mine = ++this.#taps;
    const { pathname } = location;
    await painted();
    if (mine === this.#taps && pathname === location.pathname) goTo(address);
  }

  readonly #follow = () => {
    // A change of the address may be told twice.
    if (location.pathname === this.#asked) return;
    expectPage(this.#show().then(() => this.#host.updateComplete));
  };

  async #show(): Promise<void> {
    const { pathname } = location;
    const mine = ++this.#wanted;
    this.#asked = pathname;
    if (pathname === this.#shown) {
      this.#pressed = this.#asked = null;
      return;
    }
    const moved = this.#shown !== null;
    const found = this.#find(pathname);
    const page = found
      ? await found.route.load().then(
          () => () => found.route.render(found.params),
          () => this.#options.failed,
        )
      : this.#options.notFound;
    if (mine !== this.#wanted) return;
    this.#page = page;
    this.#shown = pathname;
    this.#pressed = this.#asked = null;
    this.#host.requestUpdate();
    this.#options.onPage({ title: found?.route.title ?? 'Not found', moved });
  }

  #find(pathname: string) {
    for (const [pattern, route] of this.#patterns) {
      const match = pattern.exec({ pathname });
      if (match) return { route, params: match.pathname.groups };
    }
    return null;
  }
}
