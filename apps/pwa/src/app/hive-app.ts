import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { state } from 'lit/decorators.js';
import { arrival } from '../data/arrival.ts';
import { createRoomDesk } from '../data/desk.ts';
import { createLiveStream, type Connection, type LiveNews } from '../data/live-stream.ts';
import { openHub } from '../data/hub/open-hub.ts';
import { storedEvent } from '../data/offline-traces.ts';
import { pairingCode } from '../data/session.ts';
import { baseStyles } from '../ui/base-styles.ts';
import { brand, icon, loadMoreIcons } from '../ui/icons.ts';
import { toastEvent, type Toast } from '../ui/toast.ts';
import { painted, turn } from '../ui/turns.ts';
import { AppRouter } from './app-router.ts';
import { places, type Place, type Room } from './places.ts';
import { shellStyles } from './shell-styles.ts';
import { Standing } from './standing.ts';
import type { Update } from './updates.ts';
import './hive-connection.ts';

const shownMs = 5000;
/** When a page is mostly there, after the start of the frame. */
const settledMs = 1500;
/** As in the styles of the frame: a phone has a bar at the bottom, everything else a rail at the left; only the one that is seen is made. */
const narrow = matchMedia('(max-width: 700px)');
const inMenu = places.filter(({ menu }) => menu !== undefined);
const inBar = inMenu
  .filter(({ menu }) => menu?.phone !== undefined)
  .toSorted((a, b) => (a.menu?.phone ?? 0) - (b.menu?.phone ?? 0));
const behindMore = inMenu.filter(({ menu }) => menu?.phone === undefined);
const parentOf = (path: string): Place | undefined =>
  inMenu.find((place) => place.path !== '/' && path.startsWith(`${place.path}/`));

/** The shell: navigation, connection, the page of the address, and what stands over it (pairing, a new version). `main.ts` defines it. */
export class HiveApp extends LitElement {
  static override styles = [baseStyles, shellStyles];

  readonly #desk = createRoomDesk({ onUnpaired: () => this.#lock() });
  readonly #live = createLiveStream(openHub);
  readonly #room: Room = { desk: this.#desk, live: this.#live };
  readonly #standing = new Standing(this, this.#room, places);
  readonly #router: AppRouter = new AppRouter(this, {
    routes: places.map(({ render, load, ...place }) => ({
      ...place,
      load: place.path === '/' ? load : () => Promise.all([load(), loadMoreIcons()]),
      render: (params) => render(this.#room, params),
    })),
    notFound: () =>
      html`<h1 tabindex="-1">Not found</h1>
        <p class="muted">There is no page at ${location.pathname}.</p>
        <p><a href="/">Go to Home</a></p>`,
    failed: () =>
      html`<h1 tabindex="-1">This page did not load</h1>
        <p class="muted">Hive may be down, or this device offline.</p>
        <p><button @click=${() => location.reload()}>Load it again</button></p>`,
    onPage: ({ title, moved }) => void this.#arrive(title, moved),
  });

  @state() private unpaired = false;
  @state() private code: string | null = null;
  @state() private newVersion: Update | null = null;
  @state() private connection: Connection = this.#live.connection;
  /** How old what is shown is, when it came from this browser and not from Hive. */
  @state() private storedAt: number | null = null;
  /** What is open over the page. */
  @state() private toasts: readonly Toast[] = [];
  @state() private over: 'help' | 'more' | null = null;

  override connectedCallback(): void {
    this.#takeCode();
    const ahead = () => import('./after-picture.ts');
    // Before the code of its page, which is larger: what a trace shows is on its way while that is read.
    if (this.code === null && location.pathname.startsWith('/traces/'))
      void ahead().then(({ lookAt }) => lookAt(this.#desk, location.pathname));
    super.connectedCallback();
    addEventListener('hashchange', this.#takeCode);
    addEventListener(toastEvent, this.#say);
    addEventListener(storedEvent, ({ detail }: CustomEvent<number>) => (this.storedAt = detail));
    this.#live.onConnection((connection) => (this.connection = connection));
    let isNewer = false;
    let look = (): void => void (isNewer = true);
    let build: string | null = null;
    let isLate = false;
    // Mostly there is nothing to send or to say, and storing the shell is as much work as showing a page. The server may be gone by then: it is tried
    // again when it is back.
    const later = () => {
      isLate = false;
      return import('./after-all.ts').then(
        async ({ afterAll }) => {
          look = await afterAll(this.#room, (update) => (this.newVersion = update));
          if (isNewer) look();
        },
        () => (isLate = true),
      );
    };
    const heard = (news: LiveNews) => {
      if (news.kind !== 'hello') return;
      if (isLate) void later();
      if (news.build === '') return;
      if (build !== null && build !== news.build) look();
      build = news.build;
    };
    this.#live.follow(heard, { types: [] });
    const pictured = this.updateComplete.then(painted);
    // Nobody types before there is a picture.
    void pictured.then(async () => {
      const { focusFilter, keepFocus, listenToKeys, lookAhead } = await ahead();
      lookAhead(this.#desk, (path) => this.#router.ahead(path));
      keepFocus(this.renderRoot);
      listenToKeys({ help: () => void this.#open('help'), filter: () => focusFilter(this.renderRoot) });
    });
    setTimeout(() => void arrival().then(later), settledMs);
    // A code comes first: without it the stream would only be refused. And the picture: to start the hub takes a page as long as to draw its frame.
    void pictured.then(() => this.code === null && !this.unpaired && this.#live.start());
    narrow.addEventListener('change', () => this.requestUpdate());
  }

  /** The first picture is a task of its own, after the one that made the services and asked for the page. */
  protected override scheduleUpdate(): void | Promise<unknown> {
    return this.hasUpdated ? super.scheduleUpdate() : turn().then(() => super.scheduleUpdate());
  }

  override render() {
    const path = this.#router.path ?? location.pathname;
    const at = this.#router.pressed ?? path;
    const parent = parentOf(path);
    return html`
      <header>
        <a class="skip" href="#main" @click=${this.#skip}>Skip to content</a>
        ${
          parent === undefined
            ? nothing
            : html`<a class="back" href=${parent.path} aria-label="Back to ${parent.title}">${icon('back')}</a>`
        }
        <a class="brand" href="/" aria-label="Hive, home">${brand}<b>Hive</b></a>
        ${
          narrow.matches
            ? nothing
            : html`<nav class="rail" aria-label="Main">${inMenu.map((place) => this.#entry(place, at))}</nav>`
        }
        <hive-budget .desk=${this.#desk} .live=${this.#live}></hive-budget>
        ${narrow.matches ? nothing : html`<div class="rail below">${this.#commands()}</div>`}
        ${this.unpaired ? nothing : html`<hive-connection .connection=${this.connection}></hive-connection>`}
      </header>
      <main id="main" tabindex="-1">
        ${this.#over() ?? this.#router.outlet() ?? html`<hive-skeleton></hive-skeleton>`}
      </main>
      ${narrow.matches ? this.#bar(at) : nothing} ${this.#strip()} ${this.#opened()}
    `;
  }

  #bar(at: string) {
    return html`<nav class="bar" aria-label="Main">
      ${inBar.map((place) => this.#entry(place, at))}
      <button aria-haspopup="dialog" @click=${() => void this.#open('more')}>${icon('more')}<span>More</span></button>
    </nav>`;
  }

  #entry({ path, title, menu }: Place, at: string) {
    const waiting = menu?.badge ? this.#standing.countOf(path) : 0;
    return html`<a href=${path} aria-current=${this.#isCurrent(path, at) ? 'page' : nothing}
      >${menu && icon(menu.icon)}<span>${title}</span>${
        waiting === 0
          ? nothing
          : html`<b class="badge" aria-label=${menu?.badge?.said(waiting) ?? ''} role="img">${waiting}</b>`
      }</a
    >`;
  }

  #commands() {
    return html`${
        this.#standing.stopped === null
          ? html`<button @click=${() => void this.#pause()}>${icon('pause')}Pause all</button>`
          : html`<button @click=${() => void this.#resume()}>${icon('play')}Resume</button>`
      } <button class="plain" @click=${() => void this.#open('help')}>${icon('help')}Keys</button>`;
  }

  /** Loaded when there is something to say. */
  #strip() {
    const { connection, toasts, newVersion } = this;
    const { stopped } = this.#standing;
    const isOld = !this.unpaired && (connection.state === 'offline' || connection.state === 'waiting');
    if (!isOld && stopped === null && newVersion === null && toasts.length === 0) return nothing;
    void import('./after-all.ts').catch(() => undefined); // asked for again with the next change
    return html`<hive-strip
      .stopped=${stopped}
      .connection=${isOld ? { ...connection, asOf: this.storedAt ?? connection.asOf } : { state: 'live' }}
      .newer=${newVersion}
      .toasts=${toasts}
      @hive-resume=${() => void this.#resume()}
      @hive-later=${() => (this.newVersion = null)}
      @hive-read=${(event: CustomEvent<Toast>) => this.#drop(event.detail)}
    ></hive-strip>`;
  }

  readonly #say = ({ detail }: CustomEvent<Toast>) => {
    this.toasts = [...this.toasts, detail];
    // A failure stays until it was read.
    if (detail.tone === 'ok') setTimeout(() => this.#drop(detail), shownMs);
  };

  #drop(toast: Toast): void {
    this.toasts = this.toasts.filter((it) => it !== toast);
  }

  #opened() {
    const close = () => (this.over = null);
    if (this.over === 'help') return html`<hive-help @hive-close=${close}></hive-help>`;
    if (this.over === 'more')
      return html`<hive-more .places=${behindMore} @hive-close=${close}>${this.#commands()}</hive-more>`;
    return nothing;
  }

  async #open(what: 'help' | 'more'): Promise<void> {
    await (what === 'help' ? import('./hive-help.ts') : import('./hive-more.ts'));
    this.over = what;
  }

  async #pause(): Promise<void> {
    const { pauseAll } = await import('./stop.ts');
    if (await pauseAll(this.#desk)) this.#standing.look();
  }

  async #resume(): Promise<void> {
    const { resumeAll } = await import('./stop.ts');
    await resumeAll(this.#desk);
    this.#standing.look();
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    if (this.unpaired || this.code !== null) void import('../features/pairing/hive-pairing.ts');
  }

  #over() {
    if (!this.unpaired && this.code === null) return null;
    return html`<hive-pairing .code=${this.code} @hive-paired=${this.#paired}></hive-pairing>`;
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
    await painted(); // what has the focus is laid out by then, and not for this alone
    const heading = page?.shadowRoot?.querySelector('h1') ?? this.renderRoot.querySelector('main h1');
    (heading as HTMLElement | null)?.focus({ preventScroll: true });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-app': HiveApp;
  }
}
