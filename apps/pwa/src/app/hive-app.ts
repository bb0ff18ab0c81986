import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { createRoomDesk } from '../data/desk.ts';
import { createLiveStream, type Connection } from '../data/live-stream.ts';
import { gapReader } from '../data/gap-reader.ts';
import { pairingCode } from '../data/session.ts';
import { baseStyles } from '../ui/base-styles.ts';
import { icon, type IconName } from '../ui/icons.ts';
import { AppRouter } from './app-router.ts';
import { shellStyles } from './shell-styles.ts';
import { watchForUpdates, type Update } from './updates.ts';
import './hive-connection.ts';

const places: readonly { readonly path: string; readonly name: string; readonly icon: IconName }[] = [
  { path: '/', name: 'Home', icon: 'home' },
  { path: '/traces', name: 'Traces', icon: 'traces' },
  { path: '/agents', name: 'Agents', icon: 'agents' },
];

/** The shell: navigation, connection, the page of the address, and what stands over it (pairing, a new version). */
@customElement('hive-app')
export class HiveApp extends LitElement {
  static override styles = [baseStyles, shellStyles];

  readonly #desk = createRoomDesk({ onUnpaired: () => this.#lock() });
  readonly #live = createLiveStream({ open: (url) => new EventSource(url), fetchGap: gapReader(this.#desk) });
  readonly #router: AppRouter = new AppRouter(this, {
    routes: [
      {
        path: '/',
        title: 'Home',
        load: () => import('../features/home/hive-home-page.ts'),
        render: () => html`<hive-home-page .desk=${this.#desk} .live=${this.#live}></hive-home-page>`,
      },
      {
        path: '/traces',
        title: 'Traces',
        load: () => import('../features/traces/hive-traces-page.ts'),
        render: () => html`<hive-traces-page .desk=${this.#desk} .live=${this.#live}></hive-traces-page>`,
      },
      {
        path: '/traces/:id',
        title: 'Trace',
        load: () => import('../features/traces/hive-trace-page.ts'),
        render: ({ id }) =>
          html`<hive-trace-page .desk=${this.#desk} .live=${this.#live} .correlationId=${id ?? ''}></hive-trace-page>`,
      },
      {
        path: '/agents',
        title: 'Agents',
        load: () => import('../features/agents/hive-agents-page.ts'),
        render: () => html`<hive-agents-page .desk=${this.#desk} .live=${this.#live}></hive-agents-page>`,
      },
    ],
    notFound: () =>
      html`<h1 tabindex="-1">Not found</h1>
        <p class="muted">There is no page at ${location.pathname}.</p>
        <p><a href="/">Go to Home</a></p>`,
    failed: () =>
      html`<h1 tabindex="-1">This page did not load</h1>
        <p class="muted">Its code could not be fetched. Hive may be down, or this device offline.</p>
        <p><button @click=${() => location.reload()}>Load it again</button></p>`,
    onPage: ({ title, moved }) => void this.#arrive(title, moved),
  });

  @state() private unpaired = false;
  @state() private code: string | null = null;
  @state() private newVersion: Update | null = null;
  @state() private connection: Connection = this.#live.connection;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#takeCode();
    addEventListener('hashchange', this.#takeCode);
    this.#live.onConnection((connection) => (this.connection = connection));
    const updates = watchForUpdates((update) => (this.newVersion = update));
    let build: string | null = null;
    this.#live.follow((news) => {
      if (news.kind !== 'hello' || news.build === '') return;
      if (build !== null && build !== news.build) updates.look();
      build = news.build;
    });
    // A code comes first: without it the stream would only be refused.
    if (this.code === null) this.#live.start();
  }

  override render() {
    const path = this.#router.path ?? location.pathname;
    return html`
      <a class="skip" href="#main" @click=${this.#skip}>Skip to content</a>
      <header>
        <a class="brand" href="/" aria-label="Hive, home"
          ><img src="/icons/hive.svg" alt="" width="24" height="24" /><b>Hive</b></a
        >
        <nav aria-label="Main">
          ${places.map(
            (place) =>
              html`<a href=${place.path} aria-current=${this.#isCurrent(place.path, path) ? 'page' : nothing}
                >${icon(place.icon)}<span>${place.name}</span></a
              >`,
          )}
        </nav>
        ${this.unpaired ? nothing : html`<hive-connection .connection=${this.connection}></hive-connection>`}
      </header>
      <main id="main" tabindex="-1">
        ${this.#over() ?? this.#router.outlet() ?? html`<hive-skeleton></hive-skeleton>`}
      </main>
      <div class="toasts" role="status">${this.newVersion === null ? nothing : this.#updateToast(this.newVersion)}</div>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    if (this.unpaired || this.code !== null) void import('../features/pairing/hive-pairing.ts');
  }

  #over() {
    if (!this.unpaired && this.code === null) return null;
    return html`<hive-pairing .code=${this.code} @hive-paired=${this.#paired}></hive-pairing>`;
  }

  #updateToast(update: Update) {
    return html`<div class="toast">
      <span>There is a new version.</span>
      <button class="primary" @click=${() => update.accept()}>Reload</button>
      <button class="plain" @click=${() => (this.newVersion = null)}>Dismiss</button>
    </div>`;
  }

  #isCurrent(place: string, path: string): boolean {
    return place === '/' ? path === '/' : path.startsWith(place);
  }

  /** The code leaves the address at once: it is for this browser's eyes, not for its history. */
  readonly #takeCode = () => {
    const code = pairingCode(location.hash);
    if (code === null) return;
    this.code = code;
    history.replaceState(null, '', location.pathname + location.search);
  };

  /** Without a session the stream would only be refused, again and again. */
  #lock(): void {
    this.unpaired = true;
    this.#live.stop();
  }

  readonly #paired = () => {
    this.code = null;
    this.unpaired = false;
    this.#live.stop();
    this.#live.start();
  };

  readonly #skip = (event: Event) => {
    event.preventDefault();
    this.renderRoot.querySelector<HTMLElement>('main')?.focus();
  };

  async #arrive(title: string, moved: boolean): Promise<void> {
    document.title = `${title} · Hive`;
    if (!moved) return;
    scrollTo(0, 0);
    await this.updateComplete;
    const page = this.renderRoot.querySelector<LitElement>('main > *');
    await page?.updateComplete;
    const heading = page?.shadowRoot?.querySelector('h1') ?? this.renderRoot.querySelector('main h1');
    (heading as HTMLElement | null)?.focus({ preventScroll: true });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-app': HiveApp;
  }
}
