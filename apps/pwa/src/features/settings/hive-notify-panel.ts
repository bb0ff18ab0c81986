import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { NoticeKind, NoticeSettings } from '@hive/events';
import type { PushState } from '../../data/push-subscription.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import '../../ui/hive-time.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import { settingsStyles } from './settings-styles.ts';

/** What a person chose for this browser. */
export type NotifyChoice = { readonly wants: readonly NoticeKind[]; readonly quietHours: string | null };

const kinds: readonly (readonly [kind: NoticeKind, says: string])[] = [
  ['approvals', 'Approvals that wait'],
  ['failures', 'Failures'],
  ['budgets', 'Budgets that are used up'],
];

const obstacles: Readonly<Record<Exclude<PushState, 'ready'>, string>> = {
  insecure:
    'This page came without HTTPS, so the browser allows neither notifications nor installing. docs/guides/phone.md sets HTTPS up in five minutes; then come back by that address.',
  unsupported: 'This browser has no notifications for web apps. A webhook or ntfy in hive.yaml tells you all the same.',
  needs_install:
    'An iPhone or iPad allows notifications for installed apps only: tap Share, then Add to Home Screen, and open Hive from there.',
  denied:
    'The browser was told not to show notifications of this site. Allow them in its settings for this site, then come back.',
};

/** Notifications of this browser: on and off, what and when, and what that means. Fires `hive-notify-on`, `hive-notify-off`, `hive-notify-test`. */
@customElement('hive-notify-panel')
export class HiveNotifyPanel extends LitElement {
  static override styles = [baseStyles, settingsStyles];

  @property({ attribute: false }) settings!: NoticeSettings;
  @property() able: PushState = 'ready';
  @property({ type: Boolean }) busy = false;
  @property() trouble = '';

  @state() private wants: ReadonlySet<NoticeKind> = new Set(kinds.map(([kind]) => kind));
  @state() private from = '';
  @state() private to = '';

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const device = this.settings.device;
    if (!changed.has('settings') || device === null) return;
    this.wants = new Set(device.wants);
    [this.from = '', this.to = ''] = (device.quietHours ?? '').split('-');
  }

  override render() {
    const { device, sinks } = this.settings;
    return html`<section class="panel" aria-labelledby="notify">
      <h2 id="notify">Notifications on this device</h2>
      <p>
        Notifications travel through the service of your browser's maker (Google, Mozilla, Apple or Microsoft). They are
        sealed for this browser, so that the service sees when and how much, and not what. If you would rather not, a
        webhook or an ntfy server of your own does the same: <span class="mono">hive.notify</span> in hive.yaml.
      </p>
      ${this.able === 'ready' || device !== null ? this.#choice(device !== null) : html`<p class="tone-waiting">${obstacles[this.able]}</p>`}
      ${device === null ? nothing : this.#known(device)}
      ${this.trouble === '' ? nothing : html`<p class="tone-failed" role="alert">${visibleLine(this.trouble)}</p>`}
      ${
        sinks.length === 0
          ? nothing
          : html`<p class="muted small">
              Told besides:
              ${sinks.map(({ kind, host, trouble }) => `${kind} at ${visibleLine(host)}${trouble === null ? '' : ` (${visibleLine(trouble)})`}`).join(', ')}
            </p>`
      }
    </section>`;
  }

  #choice(isOn: boolean) {
    return html`<fieldset>
        <legend>What it tells you of</legend>
        ${kinds.map(
          ([kind, says]) =>
            html`<label
              ><input
                type="checkbox"
                .checked=${this.wants.has(kind)}
                @change=${() => this.#toggle(kind)}
              />${says}</label
            >`,
        )}
      </fieldset>
      <fieldset>
        <legend>Quiet hours, by the clock of the machine of Hive; what comes then is told after them</legend>
        <label
          >from <input type="time" .value=${this.from} @change=${(event: Event) => (this.from = valueOf(event))}
        /></label>
        <label
          >to <input type="time" .value=${this.to} @change=${(event: Event) => (this.to = valueOf(event))}
        /></label>
      </fieldset>
      <div class="row">
        <button class="primary" ?disabled=${this.busy || this.wants.size === 0} @click=${this.#on}>
          ${isOn ? 'Save' : 'Switch on notifications'}
        </button>
        ${
          isOn
            ? html`<button ?disabled=${this.busy} @click=${() => this.#tell('hive-notify-test')}>Send a test</button>
                <button ?disabled=${this.busy} @click=${() => this.#tell('hive-notify-off')}>Switch off</button>`
            : nothing
        }
      </div>`;
  }

  #known({ service, lastSentAt, trouble }: NonNullable<NoticeSettings['device']>) {
    return html`<p class="muted small">
      On, through ${visibleLine(service)}.
      ${lastSentAt === null ? 'Nothing was sent yet.' : html`Last sent <hive-time .at=${lastSentAt}></hive-time>.`}
      ${trouble === null ? nothing : html`<span class="tone-failed">The last one did not leave: ${visibleLine(trouble)}</span>`}
    </p>`;
  }

  #toggle(kind: NoticeKind): void {
    const wants = new Set(this.wants);
    if (!wants.delete(kind)) wants.add(kind);
    this.wants = wants;
  }

  readonly #on = () => {
    const quietHours = this.from !== '' && this.to !== '' ? `${this.from}-${this.to}` : null;
    const detail: NotifyChoice = { wants: [...this.wants], quietHours };
    this.dispatchEvent(new CustomEvent<NotifyChoice>('hive-notify-on', { detail }));
  };

  #tell(type: 'hive-notify-off' | 'hive-notify-test'): void {
    this.dispatchEvent(new Event(type));
  }
}

const valueOf = (event: Event): string => (event.target as HTMLInputElement).value;

declare global {
  interface HTMLElementTagNameMap {
    'hive-notify-panel': HiveNotifyPanel;
  }
  interface HTMLElementEventMap {
    'hive-notify-on': CustomEvent<NotifyChoice>;
    'hive-notify-off': Event;
    'hive-notify-test': Event;
  }
}
