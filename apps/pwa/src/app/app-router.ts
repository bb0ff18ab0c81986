import { Routes } from '@lit-labs/router/routes.js';
import type { LitElement, ReactiveController, TemplateResult } from 'lit';
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
 * The router of @lit-labs with what it lacks: links push history, only the newest navigation wins, unknown addresses and code that
 * does not load have a page, and a change of search parameters alone renders nothing anew.
 */
export class AppRouter implements ReactiveController {
  readonly #host: LitElement;
  readonly #options: AppRouterOptions;
  readonly #routes: Routes;
  #wanted = 0;
  #shown: string | null = null;
  #failed = false;

  constructor(host: LitElement, options: AppRouterOptions) {
    this.#host = host;
    this.#options = options;
    this.#routes = new Routes(
      host,
      options.routes.map(({ path, load, render }) => ({
        path,
        render: (params) => render(params),
        enter: async () => {
          const mine = this.#wanted;
          await load();
          return mine === this.#wanted;
        },
      })),
      { fallback: { render: () => options.notFound() } },
    );
    host.addController(this);
  }

  /** The page that is shown. */
  outlet(): unknown {
    return this.#failed ? this.#options.failed() : this.#routes.outlet();
  }

  /** The pathname of the page that is shown; null until there is one. */
  get path(): string | null {
    return this.#shown;
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
    if (link.href !== location.href) goTo(link.pathname + link.search);
  };

  readonly #follow = () => void this.#show();

  async #show(): Promise<void> {
    const { pathname } = location;
    if (pathname === this.#shown) return;
    const mine = ++this.#wanted;
    const moved = this.#shown !== null;
    try {
      await this.#routes.goto(pathname);
      this.#failed = false;
    } catch {
      this.#failed = true;
    }
    if (mine !== this.#wanted) return;
    this.#shown = pathname;
    this.#host.requestUpdate();
    this.#options.onPage({ title: this.#titleOf(pathname), moved });
  }

  #titleOf(pathname: string): string {
    const route = this.#options.routes.find(({ path }) => new URLPattern({ pathname: path }).test({ pathname }));
    return route?.title ?? 'Not found';
  }
}
