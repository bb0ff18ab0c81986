import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DeviceSummary, NoticeSettings, Role, SessionSummary, TokenSummary } from '@hive/events';
import { chooseAppearance, densities, readAppearance, schemes, type Appearance } from '../../app/appearance.ts';
import type { RoomDesk } from '../../data/desk.ts';
import { LiveLoad } from '../../data/live-load.ts';
import type { LiveStream } from '../../data/live-stream.ts';
import { pushState, pushSurroundings, subscribeHere, unsubscribeHere } from '../../data/push-subscription.ts';
import { forgetRoom } from '../../data/room-db.ts';
import { createTraceCache } from '../../data/trace-cache.ts';
import { askFirst } from '../../ui/ask-first.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { loadView } from '../../ui/load-view.ts';
import { toast } from '../../ui/toast.ts';
import { Turns } from '../../ui/turns.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import type { KeyAsked } from './hive-keys-panel.ts';
import type { NotifyChoice } from './hive-notify-panel.ts';
import { settingsStyles } from './settings-styles.ts';

type Known = {
  readonly session: SessionSummary;
  readonly notices: NoticeSettings;
  readonly devices: readonly DeviceSummary[];
  readonly tokens: readonly TokenSummary[] | null;
  readonly version: string;
  readonly offline: { readonly traces: number; readonly bytes: number } | null;
};

const words = { system: 'As the system', light: 'Light', dark: 'Dark' } as const;
const densityWords = { comfortable: 'As the device', compact: 'Compact', touch: 'Large targets' } as const;
const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;
const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What is chosen for this browser, and who may come in. */
@customElement('hive-settings-page')
export class HiveSettingsPage extends LitElement {
  static override styles = [baseStyles, settingsStyles];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;

  @state() private appearance: Appearance = readAppearance();
  @state() private busy = false;
  @state() private trouble = '';
  @state() private made = '';

  readonly #turns = new Turns(this, 1);
  readonly #traces = createTraceCache();
  readonly #load = new LiveLoad<Known>(this, {
    live: () => this.live,
    load: () => this.#read(),
    concerns: () => false,
  });

  override render() {
    return html`<h1 tabindex="-1">Settings</h1>
      ${this.#looks()} ${loadView(this.#load, (known) => this.#known(known))}`;
  }

  #looks() {
    const { scheme, density } = this.appearance;
    return html`<section class="panel" aria-labelledby="looks">
      <h2 id="looks">Appearance</h2>
      <fieldset>
        <legend>Colours</legend>
        ${schemes.map((it) => this.#radio('scheme', words[it], it === scheme, () => this.#choose({ scheme: it })))}
      </fieldset>
      <fieldset>
        <legend>Density</legend>
        ${densities.map((it) => this.#radio('density', densityWords[it], it === density, () => this.#choose({ density: it })))}
      </fieldset>
    </section>`;
  }

  #radio(name: string, label: string, checked: boolean, choose: () => void) {
    return html`<label><input type="radio" name=${name} .checked=${checked} @change=${choose} />${label}</label>`;
  }

  #known({ session, notices, devices, tokens, version, offline }: Known) {
    const parts = [
      () => this.#notify(session, notices),
      () => this.#keys(devices, tokens),
      () => this.#offline(offline),
      () => this.#about(session, version),
    ];
    return html`${this.#turns.of(parts).map((part) => part())}`;
  }

  #notify(session: SessionSummary, notices: NoticeSettings) {
    return html`<hive-notify-panel
      .settings=${notices}
      .able=${session.kind === 'device' ? pushState(pushSurroundings()) : 'unsupported'}
      .busy=${this.busy}
      .trouble=${this.trouble}
      @hive-notify-on=${(event: CustomEvent<NotifyChoice>) => void this.#switchOn(notices.publicKey, event.detail)}
      @hive-notify-off=${() => void this.#do(async () => (await unsubscribeHere(), await this.desk.unsubscribe()))}
      @hive-notify-test=${() => void this.#test()}
    ></hive-notify-panel>`;
  }

  #keys(devices: Known['devices'], tokens: Known['tokens']) {
    return html`<hive-keys-panel
      .devices=${devices}
      .tokens=${tokens}
      .made=${this.made}
      @hive-key=${(event: CustomEvent<KeyAsked>) => void this.#key(event.detail)}
    ></hive-keys-panel>`;
  }

  #offline(offline: Known['offline']) {
    return html`<section class="panel" aria-labelledby="offline">
      <h2 id="offline">Stored for offline</h2>
      ${
        offline === null
          ? html`<p class="muted">This browser stores nothing.</p>`
          : html`<p>
                ${offline.traces} ${offline.traces === 1 ? 'trace' : 'traces'}, ${megabytes(offline.bytes)}, not
                encrypted.
              </p>
              <div class="row">
                <button ?disabled=${offline.traces === 0} @click=${() => void this.#clear()}>Clear</button>
              </div>`
      }
    </section>`;
  }

  #about(session: SessionSummary, version: string) {
    const around = pushSurroundings();
    return html`<section class="panel" aria-labelledby="about">
      <h2 id="about">About</h2>
      <dl>
        <dt>Hive</dt>
        <dd class="mono">${visibleLine(version)}</dd>
        <dt>This session</dt>
        <dd>${visibleLine(session.name)}, ${session.role}</dd>
      </dl>
      <div class="row"><button @click=${() => void this.#update()}>Look for a new version</button></div>
      ${around.isInstalled ? nothing : html`<p class="muted small">${this.#installHint(around.isIos)}</p>`}
    </section>`;
  }

  #installHint(isIos: boolean): string {
    if (!isSecureContext) return 'To install Hive as an app it has to come by HTTPS; docs/guides/phone.md says how.';
    if (isIos) return 'To install: tap Share, then Add to Home Screen.';
    return 'To install: in the menu of the browser, Install app or Add to Home screen.';
  }

  async #read(): Promise<Known> {
    const [session, notices, devices, health, offline] = await Promise.all([
      this.desk.session(),
      this.desk.notifications(),
      this.desk.devices(),
      this.desk.health(),
      this.#stored(),
      // Their code comes with what they show.
      import('./hive-keys-panel.ts'),
      import('./hive-notify-panel.ts'),
    ]);
    const tokens = session.may.includes('admit') ? await this.desk.tokens() : null;
    return { session, notices, devices, tokens, version: health.version, offline };
  }

  async #stored(): Promise<Known['offline']> {
    try {
      const [traces, bytes] = await Promise.all([this.#traces.list(), this.#traces.bytes()]);
      return { traces: traces.length, bytes };
    } catch {
      return null; // a browser that keeps nothing
    }
  }

  #choose(change: Partial<Appearance>): void {
    this.appearance = { ...this.appearance, ...change };
    chooseAppearance(this.appearance);
  }

  async #do(work: () => Promise<unknown>, done?: string): Promise<void> {
    this.busy = true;
    this.trouble = '';
    try {
      await work();
      if (done !== undefined) toast(done);
      await this.#load.run();
    } catch (error) {
      this.trouble = said(error);
    } finally {
      this.busy = false;
    }
  }

  #switchOn(publicKey: string, choice: NotifyChoice): Promise<void> {
    return this.#do(async () => this.desk.subscribe(await subscribeHere(publicKey, choice)), 'Notifications are on');
  }

  #test(): Promise<void> {
    return this.#do(async () => {
      const { sent, trouble } = await this.desk.tryNotification();
      if (!sent) throw new Error(`The test was not sent: ${trouble ?? 'it was not taken'}`);
    }, 'A test is on its way');
  }

  async #key(asked: KeyAsked): Promise<void> {
    if (asked.what === 'create') return this.#createToken(asked.role);
    if (asked.what === 'rename') {
      const answer = await askFirst({
        ...{
          heading: `Rename ${visibleLine(asked.device.name)}`,
          said: 'The name is shown with what is decided there.',
        },
        ...{ action: 'Rename', note: { label: 'Name', required: true } },
      });
      const name = answer?.note.trim() ?? '';
      return name === '' ? undefined : this.#do(() => this.desk.renameDevice(asked.device.id, { name }));
    }
    if ('device' in asked && asked.device.current) return this.#logOut(asked.device);
    const it = 'device' in asked ? asked.device : asked.token;
    const answer = await askFirst({
      heading: `Revoke ${visibleLine(it.name)}`,
      said: 'It is shut out at once. To let it in again it has to be paired, or given a new token.',
      ...{ action: 'Revoke', tone: 'danger' },
    });
    if (answer === null) return;
    const revoke = () => ('device' in asked ? this.desk.revokeDevice(it.id) : this.desk.revokeToken(it.id));
    await this.#do(revoke, 'Revoked');
  }

  /** Nothing stays here for whoever uses this browser next. */
  async #logOut({ id }: DeviceSummary): Promise<void> {
    const answer = await askFirst({
      heading: 'Log out here',
      said: 'This browser is shut out, and what it stored is wiped: traces, drafts, choices, and decisions that were not sent yet.',
      ...{ action: 'Log out', tone: 'danger' },
    });
    if (answer === null) return;
    await this.#do(async () => {
      await unsubscribeHere().catch(() => undefined); // the server tells a browser nothing that it does not know
      await this.desk.revokeDevice(id);
      await forgetRoom();
      location.assign('/');
    });
  }

  async #createToken(role: Role): Promise<void> {
    const answer = await askFirst({
      ...{ heading: 'New token', said: 'For a program. Its value is shown once.', action: 'Make it' },
      note: { label: 'What it is for', required: true },
    });
    const name = answer?.note.trim() ?? '';
    if (name === '') return;
    await this.#do(async () => {
      this.made = (await this.desk.createToken({ name, role })).token;
    });
  }

  async #clear(): Promise<void> {
    const answer = await askFirst({
      ...{ heading: 'Clear what is stored', said: 'Pinned traces are forgotten here too; nothing is lost in Hive.' },
      action: 'Clear',
    });
    if (answer !== null) await this.#do(() => this.#traces.clear(), 'Cleared');
  }

  async #update(): Promise<void> {
    const registration = await navigator.serviceWorker?.getRegistration();
    if (!registration) return toast('This page is not kept offline here, so every load is the newest', 'ok');
    await registration.update().catch(() => undefined);
    if (!registration.waiting && !registration.installing) toast('This is the newest version');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-settings-page': HiveSettingsPage;
  }
}
