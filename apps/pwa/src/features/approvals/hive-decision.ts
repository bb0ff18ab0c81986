import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { confirmationOf, type ApprovalSummary, type HiveEvent } from '@hive/events';
import { baseStyles } from '../../ui/base-styles.ts';
import { icon } from '../../ui/icons.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import { answerOf, mayQueue, stateWords, type Decided, type Progress } from './approvals-model.ts';
import { refusalWords } from './refusal-words.ts';

const clock = (at: string | number): string => new Date(at).toLocaleTimeString('en-GB');

/** Where it is decided, and how far the decision has come: queued here, recorded by Hive, consumed by whoever waited for it. */
@customElement('hive-decision')
export class HiveDecision extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
        position: sticky;
        inset-block-end: 0;
        z-index: 2;
        background: var(--hive-surface);
        border-block-start: 1px solid var(--hive-border);
        padding-block: var(--hive-space-3);
      }
      form {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: var(--hive-space-2);
      }
      label {
        grid-column: 1 / -1;
        display: grid;
        gap: 4px;
      }
      textarea,
      input {
        font: inherit;
        color: inherit;
        background: var(--hive-bg);
        border: 1px solid var(--hive-control);
        border-radius: var(--hive-radius-1);
        padding: var(--hive-space-2);
        resize: vertical;
        inline-size: 100%;
      }
      form button {
        min-block-size: 44px;
      }
      .deny {
        color: var(--hive-failed);
        border-color: currentColor;
      }
      .steps {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--hive-space-2) var(--hive-space-3);
      }
      .steps li {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        color: var(--hive-muted);
      }
      .steps .done {
        color: var(--hive-ok);
      }
      .steps .now {
        color: var(--hive-waiting);
      }
      p {
        overflow-wrap: anywhere;
      }
      /* Above the bar of the frame, which stands there on a phone. */
      @media (max-width: 700px) {
        :host {
          inset-block-end: calc(60px + env(safe-area-inset-bottom));
        }
        textarea {
          block-size: 44px;
        }
      }
      .rest {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--hive-space-2);
        margin-block-start: var(--hive-space-2);
      }
    `,
  ];

  @property({ attribute: false }) approval!: ApprovalSummary;
  @property({ attribute: false }) progress: Progress = { step: 'open' };
  @property({ type: Boolean }) offline = false;
  @property({ type: Boolean }) allowed = false;

  @state() private note = '';
  @state() private missing = false;
  @state() private typed = '';
  @state() private mistyped = false;

  override render() {
    const { progress } = this;
    switch (progress.step) {
      case 'open':
        return this.#form();
      case 'queued':
        return html`${this.#steps(0)}
          <div class="rest">
            <span class="muted small">${this.offline ? 'It will be sent when you are online.' : 'On its way.'}</span>
            <button class="plain" @click=${() => this.#tell('hive-withdraw', progress.decision.key)}>
              Take it back
            </button>
          </div>`;
      case 'refused':
        return html`<p class="tone-failed" role="alert">
            ${icon('failed')} Not recorded: ${refusalWords(progress.decision.refused)}
          </p>
          <div class="rest">
            <button class="plain" @click=${() => this.#tell('hive-withdraw', progress.decision.key)}>Dismiss</button>
          </div>`;
      case 'recorded':
        return html`${this.#steps(progress.consumed === null ? 1 : 2, progress.consumed)} ${this.#said()}`;
      case 'expired':
        return html`<p>
          ${stateWords(this.approval)}.
          ${this.approval.reason === null ? 'Nobody decided in time; that counts as denied.' : visibleLine(this.approval.reason)}
        </p>`;
    }
  }

  /** Puts the cursor into the note. */
  writeNote(): void {
    this.renderRoot.querySelector('textarea')?.focus();
  }

  /** Decides as the buttons do. */
  decide(decision: Decided['decision']): void {
    if (this.progress.step !== 'open' || !this.allowed || this.#isBarred()) return;
    const answer = answerOf(this.approval, { decision, note: this.note, typed: this.typed });
    this.missing = answer === 'note';
    this.mistyped = answer === 'confirm';
    if (answer === 'note') return this.writeNote();
    if (answer === 'confirm') return this.renderRoot.querySelector('input')?.focus();
    this.dispatchEvent(new CustomEvent<Decided>('hive-decide', { detail: answer }));
  }

  /** What was typed was typed for one request. */
  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get('approval') as ApprovalSummary | undefined;
    if (before === undefined || before.id === this.approval.id) return;
    this.typed = '';
    this.mistyped = false;
  }

  #isBarred(): boolean {
    return this.approval.document === null || (this.offline && !mayQueue(this.approval));
  }

  #form() {
    if (!this.allowed) return html`<p class="muted">This browser may look at approvals and not decide them.</p>`;
    const barred = this.#isBarred();
    return html`<form @submit=${(event: Event) => event.preventDefault()}>
      <label
        ><span class="small ${this.missing ? 'tone-failed' : 'muted'}"
          >${this.missing ? 'Say why: a denial goes to the author with its reason' : 'Note; a denial needs one'}</span
        ><textarea
          rows="2"
          maxlength="4000"
          aria-invalid=${this.missing}
          .value=${this.note}
          @input=${(event: InputEvent) => (this.note = (event.target as HTMLTextAreaElement).value)}
        ></textarea>
      </label>
      ${this.#typing()}
      <button type="button" class="deny" ?disabled=${barred} @click=${() => this.decide('deny')}>Deny</button>
      <button type="button" class="primary" ?disabled=${barred} @click=${() => this.decide('approve')}>
        Approve once
      </button>
      ${
        this.offline
          ? html`<p class="muted small">
              ${barred ? 'This cannot be taken back, so it is decided online only.' : 'Offline: your answer will be sent when you are online.'}
            </p>`
          : nothing
      }
    </form>`;
  }

  #typing() {
    const toType = confirmationOf(this.approval);
    if (toType === null) return nothing;
    return html`<label
      ><span class="small ${this.mistyped ? 'tone-failed' : 'muted'}"
        >This cannot be taken back. Type <b class="mono">${visibleLine(toType)}</b> to approve it</span
      ><input
        name="confirm"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        aria-invalid=${this.mistyped}
        .value=${this.typed}
        @input=${(event: InputEvent) => (this.typed = (event.target as HTMLInputElement).value)}
      />
    </label>`;
  }

  #steps(at: 0 | 1 | 2, consumed: HiveEvent | null = null) {
    const { decidedAt } = this.approval;
    const words = [
      this.progress.step === 'queued' ? `Queued here at ${clock(this.progress.decision.decidedAt)}` : 'Queued',
      at > 0 && decidedAt !== null ? `Recorded at ${clock(decidedAt)}` : 'Recorded',
      consumed === null
        ? 'Consumed'
        : html`Consumed: <a href="/traces/${this.approval.workflowId}?sel=${consumed.id}">${consumed.type}</a> at
            ${clock(consumed.at)}`,
    ];
    return html`<ol class="steps" role="status">
      ${words.map((word, index) => {
        const isDone = index < at || (index === at && at > 0);
        return html`<li class=${isDone ? 'done' : index === at ? 'now' : ''}>
          ${icon(isDone ? 'done' : index === at ? 'queued' : 'empty')}<span>${word}</span>
        </li>`;
      })}
    </ol>`;
  }

  #said() {
    const { decidedBy, decidedOn, reason } = this.approval;
    return html`<p class="small muted">
      ${stateWords(this.approval)} by
      ${visibleLine(decidedBy ?? 'a person')}${decidedOn === null ? nothing : html`, device <span class="mono">${decidedOn}</span>`}${
        reason === null ? nothing : html`: ${visibleLine(reason)}`
      }
    </p>`;
  }

  #tell(type: 'hive-withdraw', detail: string): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-decision': HiveDecision;
  }
  interface HTMLElementEventMap {
    'hive-decide': CustomEvent<Decided>;
    /** A decision of this device is taken back, or its refusal was read: its key. */
    'hive-withdraw': CustomEvent<string>;
  }
}
