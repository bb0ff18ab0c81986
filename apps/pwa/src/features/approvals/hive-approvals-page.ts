import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { shortId, type ApprovalSummary, type HiveEvent } from '@hive/events';
import { goTo } from '../../app/address.ts';
import { isQuiet } from '../../app/keys.ts';
import type { RoomDesk } from '../../data/desk.ts';
import { LiveLoad } from '../../data/live-load.ts';
import type { Connection, LiveStream } from '../../data/live-stream.ts';
import type { QueuedDecision } from '../../data/queued-decision.ts';
import { Rights } from '../../data/rights.ts';
import { roomOutbox, sendQueued } from '../../data/room-outbox.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { count } from '../../ui/duration.ts';
import '../../ui/hive-notice.ts';
import '../../ui/hive-time.ts';
import { icon } from '../../ui/icons.ts';
import { loadView } from '../../ui/load-view.ts';
import { Turns } from '../../ui/turns.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import { fitsTo, mayJoin } from './decide-many.ts';
import { findConsumed, loadInbox, readingDesk } from './approvals-load.ts';
import { findIn, progressOf, stateWords, withNewer, type Inbox, type Decided } from './approvals-model.ts';
import { approvalsStyles } from './approvals-styles.ts';
import type { HiveDecision } from './hive-decision.ts';
import { until } from './until.ts';

/** What waits for a person, one at a time in the order of its risk, and what was decided; readable and decidable offline. */
@customElement('hive-approvals-page')
export class HiveApprovalsPage extends LitElement {
  static override styles = [baseStyles, approvalsStyles];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;
  /** The request that is shown, whole or an ending; empty: the first that waits. */
  @property({ attribute: false }) selected = '';

  @state() private queued: readonly QueuedDecision[] = [];
  @state() private consumed: ReadonlyMap<string, HiveEvent> = new Map();
  @state() private newer: ApprovalSummary | null = null;
  /** Several to be decided in one go, by id. */
  @state() private chosen: ReadonlySet<string> = new Set();
  @state() private hasMany = false;
  @state() private connection: Connection = { state: 'connecting' };
  @query('hive-decision') private decision!: HiveDecision | null;

  readonly #rights = new Rights(this, () => this.desk);
  #reading: RoomDesk | null = null;
  #stop: (() => void)[] = [];
  /** The first that waits when the page was opened: what is read does not move away when it is decided. */
  #held = '';
  readonly #load = new LiveLoad<Inbox>(this, {
    live: () => this.live,
    load: async () => {
      const inbox = await loadInbox(this.desk);
      // Most of the time nothing waits, and nothing of this is needed.
      if (inbox.open.length + inbox.past.length > 0)
        await Promise.all([import('./hive-approval.ts'), import('./hive-decision.ts')]);
      return inbox;
    },
    filter: () => ({ types: ['approval.*', 'task.*', 'workflow.*'] }),
    concerns: ({ type }) => type.startsWith('approval.'),
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.connection = this.live.connection;
    this.#stop = [
      this.live.onConnection((connection) => (this.connection = connection)),
      roomOutbox.onNews((news) => {
        if (news.kind === 'recorded') this.newer = news.approval;
        void this.#readQueue();
      }),
    ];
    addEventListener('keydown', this.#key);
    void this.#readQueue();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('keydown', this.#key);
    for (const stop of this.#stop) stop();
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const shown = this.#inbox && this.#shown(this.#inbox);
    if (shown && shown.decidedAt !== null && !this.consumed.has(shown.id)) void this.#look(shown);
  }

  override render() {
    const inbox = this.#inbox;
    return html`${inbox === null ? html`<h1 tabindex="-1">Approvals</h1>` : nothing}
    ${loadView(this.#load, () => this.#page(inbox ?? { open: [], past: [], asOf: 0 }))}`;
  }

  readonly #turns = new Turns(this, 1);

  get #inbox(): Inbox | null {
    const { value } = this.#load;
    if (value === undefined) return null;
    const { newer } = this;
    const isNews = newer !== null && findIn(value, newer.id)?.decidedAt === null;
    return isNews ? withNewer(value, newer) : value;
  }

  get #offline(): boolean {
    return this.connection.state === 'offline' || this.connection.state === 'waiting' || !navigator.onLine;
  }

  #shown(inbox: Inbox): ApprovalSummary | null {
    if (this.selected !== '') return findIn(inbox, this.selected);
    const held = findIn(inbox, this.#held) ?? inbox.open[0] ?? null;
    this.#held = held?.id ?? '';
    return held;
  }

  #page(inbox: Inbox) {
    const shown = this.#shown(inbox);
    this.#reading ??= readingDesk(this.desk);
    return html`
      ${this.#banner(inbox)} ${this.#many(inbox)}
      <div class="columns">
        <nav aria-label="Approvals">${this.#turns.one() ? this.#list(inbox, shown) : nothing}</nav>
        <div class="one">
          ${
            shown === null
              ? this.#nothing(inbox)
              : html`${this.#stepper(inbox, shown)}
                ${
                  this.#turns.one()
                    ? html`<hive-approval .approval=${shown} .desk=${this.#reading}></hive-approval>`
                    : nothing
                }
                ${this.#turns.one() ? this.#decision(shown) : nothing}`
          }
        </div>
      </div>
    `;
  }

  #decision(shown: ApprovalSummary) {
    return html`<hive-decision
      .approval=${shown}
      .progress=${progressOf(shown, this.queued, this.consumed.get(shown.id) ?? null)}
      ?offline=${this.#offline}
      ?allowed=${this.#offline || this.#rights.may('decide')}
      @hive-decide=${({ detail }: CustomEvent<Decided>) => void this.#decide(shown, detail)}
      @hive-withdraw=${({ detail }: CustomEvent<string>) => void roomOutbox.remove(detail)}
    ></hive-decision>`;
  }

  #banner({ asOf }: Inbox) {
    const waiting = this.queued.filter(({ refused }) => refused === null).length;
    if (!this.#offline) return nothing;
    return html`<p class="banner" role="status">
      ${icon('offline')}<span
        >Offline, data as of
        ${new Date(asOf).toLocaleTimeString('en-GB')}.${
          waiting === 0 ? nothing : ` ${count(waiting, 'decision')} will be sent when you are online.`
        }</span
      >
    </p>`;
  }

  #chosenOf({ open }: Inbox): readonly ApprovalSummary[] {
    return open.filter((it) => this.chosen.has(it.id) && mayJoin(it));
  }

  /** Loaded with the first choice. */
  #many(inbox: Inbox) {
    if (this.chosen.size > 0) void import('./hive-decide-many.ts').then(() => (this.hasMany = true));
    if (!this.hasMany) return nothing;
    return html`<hive-decide-many
      .chosen=${this.#chosenOf(inbox)}
      @hive-chosen=${() => (this.chosen = new Set())}
    ></hive-decide-many>`;
  }

  /** Offered where there is more than one that may be decided with others. */
  #choice(it: ApprovalSummary, inbox: Inbox) {
    const mayChoose = (this.#offline || this.#rights.may('decide')) && inbox.open.filter(mayJoin).length > 1;
    if (!mayChoose || !mayJoin(it) || this.queued.some(({ approvalId }) => approvalId === it.id)) return nothing;
    const chosen = this.#chosenOf(inbox);
    const isOn = this.chosen.has(it.id);
    return html`<input
      type="checkbox"
      aria-label="Choose ${visibleLine(it.action)}"
      title=${fitsTo(it, chosen) ? nothing : 'Another kind than what is chosen'}
      ?disabled=${!isOn && !fitsTo(it, chosen)}
      .checked=${isOn}
      @change=${() => (this.chosen = isOn ? new Set([...this.chosen].filter((id) => id !== it.id)) : new Set(this.chosen).add(it.id))}
    />`;
  }

  #list(inbox: Inbox, shown: ApprovalSummary | null) {
    const { open, past } = inbox;
    const entry = (it: ApprovalSummary) =>
      html`<li>
        ${this.#choice(it, inbox)}<a href="/approvals/${it.id}" aria-current=${it.id === shown?.id ? 'true' : nothing}
          ><span class="what">${visibleLine(it.action)}</span
          ><span class="small muted"
            >${
              it.state === 'open'
                ? html`${it.tier} ·
                  ${until(it.expiresAt)}${this.queued.some(({ approvalId }) => approvalId === it.id) ? ' · answered here' : nothing}`
                : html`${stateWords(it)}${it.decidedBy === null ? nothing : ` by ${visibleLine(it.decidedBy)}`} ·
                    <hive-time at=${it.decidedAt ?? it.requestedAt}></hive-time>`
            }</span
          ></a
        >
      </li>`;
    return html`
      <h2>Waiting for you</h2>
      ${
        open.length === 0
          ? html`<p class="muted small">Nothing waits.</p>`
          : html`<ul>
              ${open.map(entry)}
            </ul>`
      }
      ${
        past.length === 0
          ? nothing
          : html`<details open>
              <summary>Decided before</summary>
              <ul>
                ${past.map(entry)}
              </ul>
            </details>`
      }
    `;
  }

  /** On a phone, where the list is folded away: which one of how many this is. */
  #stepper({ open }: Inbox, shown: ApprovalSummary) {
    const at = open.findIndex(({ id }) => id === shown.id);
    const next = open[at + 1] ?? (at === -1 ? open[0] : undefined);
    const before = at > 0 ? open[at - 1] : undefined;
    return html`<p class="stepper">
      <span class="muted">${at === -1 ? stateWords(shown) : `${at + 1} of ${open.length} waiting`}</span>
      ${before ? html`<a href="/approvals/${before.id}">Previous</a>` : nothing}
      ${next ? html`<a href="/approvals/${next.id}">Next</a>` : nothing}
    </p>`;
  }

  #nothing({ past }: Inbox) {
    return this.selected === ''
      ? html`<h1 tabindex="-1">Nothing waits for you</h1>
          <p class="muted">
            Hive asks before it does what its policies name: a merge into a branch that matters, a plan, a dependency,
            spending. ${past.length === 0 ? 'Nothing was asked yet.' : nothing}
          </p>`
      : html`<h1 tabindex="-1">No such request</h1>
          <p class="muted">There is no approval ${shortId(visibleLine(this.selected))} here.</p>
          <p><a href="/approvals">See what waits</a></p>`;
  }

  async #readQueue(): Promise<void> {
    this.queued = await roomOutbox.list().catch(() => []); // a browser that keeps nothing
  }

  async #look(approval: ApprovalSummary): Promise<void> {
    const found = await findConsumed(this.desk, approval).catch(() => null); // offline: told when it is known
    if (found) this.consumed = new Map(this.consumed).set(approval.id, found);
    else if (approval.state === 'approved' || approval.state === 'denied') this.#again(approval);
  }

  /** What follows a decision is recorded a moment later; soon enough to be asked for rather than listened to. */
  #again(approval: ApprovalSummary): void {
    if (this.#offline || !this.isConnected || Date.now() - Date.parse(approval.decidedAt ?? '') > 60_000) return;
    setTimeout(() => this.isConnected && !this.consumed.has(approval.id) && void this.#look(approval), 400);
  }

  async #decide({ id, actionHash, expiresAt }: ApprovalSummary, { decision, reason, confirm }: Decided): Promise<void> {
    this.#held = id;
    await roomOutbox.add({
      ...{ approvalId: id, actionHash, decision, expiresAt: Date.parse(expiresAt) },
      ...(reason !== '' && { reason }),
      ...(confirm !== null && { confirm }),
    });
    await sendQueued();
  }

  readonly #key = (event: KeyboardEvent) => {
    if (isQuiet(event)) return;
    const inbox = this.#inbox;
    const at = inbox?.open.findIndex(({ id }) => id === this.#shown(inbox)?.id) ?? -1;
    const step = { j: 1, k: -1 }[event.key];
    const to = step === undefined ? undefined : inbox?.open[at + step];
    if (to) goTo(`/approvals/${to.id}`);
    else if (event.key === 'a') this.decision?.decide('approve');
    else if (event.key === 'd') this.decision?.decide('deny');
    else if (event.key === 'n') this.decision?.writeNote();
    else return;
    event.preventDefault();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-approvals-page': HiveApprovalsPage;
  }
}
