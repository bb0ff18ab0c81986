import { LitElement, css, html, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { shortId, type HiveEvent, type Permission, type Result } from '@hive/events';
import type { RoomDesk } from '../../../data/desk.ts';
import { pinTrace, pinnedTraces } from '../../../data/stored-traces.ts';
import { PendingCommands } from '../../../data/pending-commands.ts';
import { whyNotAllowed } from '../../../data/why-not-allowed.ts';
import { askFirst } from '../../../ui/ask-first.ts';
import { baseStyles } from '../../../ui/base-styles.ts';
import { icon } from '../../../ui/icons.ts';
import '../../../ui/hive-command-state.ts';
import '../../../ui/hive-menu.ts';
import type { MenuItem } from '../../../ui/hive-menu.ts';
import { stack } from '../../../ui/stack.ts';
import { toast } from '../../../ui/toast.ts';
import { retryTasks } from './retry-tasks.ts';
import {
  aboutCancel,
  aboutRetry,
  blockedTasks,
  isEffectOf,
  retriedTasks,
  verbsOf,
  type Verb,
} from './workflow-verbs.ts';

const doing = { pause: 'Pausing', resume: 'Resuming', retry: 'Retrying', cancel: 'Cancelling' } as const;

/**
 * What can be done about a trace: the verbs of its workflow, which stay pending until their event has come, and what can be copied and exported. Verbs
 * that do not fit now stand in the menu with the reason.
 */
@customElement('hive-trace-verbs')
export class HiveTraceVerbs extends LitElement {
  static override styles = [
    baseStyles,
    css`
      ${stack(2)}
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: var(--hive-space-2);
        min-block-size: var(--hive-target);
      }
      @media (max-width: 700px) {
        /* All of them stand in one row. */
        .row > button .icon {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) desk!: Pick<RoomDesk, 'pause' | 'resume' | 'cancel' | 'retry'>;
  /** The workflow as its events tell it; null for the trace of a process. */
  @property({ attribute: false }) result: Result | null = null;
  @property() correlationId = '';
  /** What the page shows of the log; a verb is done when its event is among them. */
  @property({ attribute: false }) events: readonly HiveEvent[] = [];
  @property({ attribute: false }) may: (right: Permission) => boolean = () => false;

  /** False until it is known what this browser may do: what can be done then appears at once, and nothing of it moves. */
  @property({ type: Boolean }) ready = false;

  @state() private pinned = false;

  readonly #pending = new PendingCommands(this, () => this.events);

  protected override willUpdate(changed: PropertyValues<this>): void {
    const id = this.correlationId;
    if (changed.has('correlationId') && id !== '')
      void pinnedTraces().then((ids) => id === this.correlationId && (this.pinned = ids.has(id)));
  }

  override render() {
    if (!this.ready) return html`<div class="row"></div>`;
    const verbs = this.result === null ? [] : verbsOf(this.result);
    const fitting = verbs.filter(({ why, right }) => why === null && this.may(right));
    return html`<div class="row" role="group" aria-label="What can be done">
        ${repeat(
          fitting,
          ({ id }) => id,
          (verb) => this.#button(verb),
        )}
        <hive-menu
          name="More"
          .items=${[...this.#copies(), ...this.#notNow(verbs.filter((verb) => !fitting.includes(verb)))]}
        ></hive-menu>
      </div>
      ${repeat(
        this.#pending.all,
        ([key]) => key,
        ([key, state]) =>
          html`<hive-command-state
            .state=${state}
            @hive-dismiss=${() => this.#pending.dismiss(key)}
          ></hive-command-state>`,
      )}`;
  }

  #button(verb: Verb) {
    return html`<button
      class=${verb.tone === undefined ? '' : `tone-${verb.tone}`}
      ?disabled=${this.#pending.isBusy(verb.id)}
      @click=${() => void this.#press(verb)}
    >
      ${icon(verb.icon)}${verb.name}
    </button>`;
  }

  #notNow(verbs: readonly Verb[]): readonly MenuItem[] {
    return verbs.map(({ name, icon: sign, right, why }) => ({
      name,
      icon: sign,
      act: () => undefined,
      why: why ?? whyNotAllowed(right),
    }));
  }

  #copies(): readonly MenuItem[] {
    const short = shortId(this.correlationId);
    const copy = (name: string, text: string): MenuItem => ({ name, icon: 'copy', act: () => void copied(text) });
    const ofWorkflow =
      this.result === null
        ? []
        : [
            copy(`Copy “hive watch ${short}”`, `hive watch ${short}`),
            copy(`Copy “hive show ${short}”`, `hive show ${short}`),
          ];
    return [
      {
        name: this.pinned ? 'Unpin' : 'Pin: on top here, and kept offline',
        icon: 'pin',
        act: () => void this.#pin(!this.pinned),
      },
      { name: 'Export the events (JSON lines)', icon: 'save', act: () => this.#export('ndjson') },
      { name: 'Export the events (JSON)', icon: 'save', act: () => this.#export('json') },
      copy('Copy the link', location.href),
      copy('Copy the correlation id', this.correlationId),
      copy(`Copy “hive trace ${short}”`, `hive trace ${short}`),
      ...ofWorkflow,
    ];
  }

  /** The browser writes the file while it comes: a long trace is never held as a whole. */
  #export(form: 'ndjson' | 'json'): void {
    const link = document.createElement('a');
    link.href = `/api/v1/traces/${encodeURIComponent(this.correlationId)}${form === 'json' ? '' : '?format=ndjson'}`;
    link.download = `hive-trace-${shortId(this.correlationId)}.${form}`;
    this.renderRoot.append(link);
    link.click();
    link.remove();
  }

  async #pin(pinned: boolean): Promise<void> {
    try {
      await pinTrace(this.correlationId, pinned);
      this.pinned = pinned;
      toast(pinned ? 'Pinned: on top of the list here, and kept offline' : 'No longer pinned');
    } catch {
      toast('Not pinned: this browser keeps nothing', 'failed');
    }
  }

  async #press(verb: Verb): Promise<void> {
    const { result } = this;
    if (result === null) return;
    const answer = await this.#ask(verb, result);
    if (answer === null) return;
    await this.#pending.press({
      key: verb.id,
      doing: doing[verb.id],
      effect: isEffectOf(verb.id, result),
      run: () => this.#run(verb, result, answer.note),
    });
  }

  /** What destroys, and what begins work anew, is asked about first; pausing and resuming take each other back. */
  #ask({ id }: Verb, result: Result): Promise<{ readonly note: string } | null> {
    if (id === 'retry')
      return askFirst({
        heading: 'Retry what ended badly?',
        said: aboutRetry(result),
        action: 'Retry',
        note: { label: 'A note for the authors (optional; models read it)' },
      });
    if (id === 'cancel')
      return askFirst({
        heading: 'Cancel this workflow?',
        said: aboutCancel(result),
        action: 'Cancel the workflow',
        tone: 'danger',
      });
    return Promise.resolve({ note: '' });
  }

  #run({ id }: Verb, result: Result, note: string): Promise<unknown> {
    switch (id) {
      case 'pause':
        return this.desk.pause(result.workflow);
      case 'resume':
        return this.desk.resume(result.workflow);
      case 'cancel':
        return this.desk.cancel(result.workflow);
      case 'retry':
        return retryTasks(this.desk, retriedTasks(result), note, blockedTasks(result));
    }
  }
}

const copied = async (text: string): Promise<void> => {
  try {
    await navigator.clipboard.writeText(text);
    toast('Copied');
  } catch {
    toast('Not copied: this browser does not allow it here', 'failed');
  }
};

declare global {
  interface HTMLElementTagNameMap {
    'hive-trace-verbs': HiveTraceVerbs;
  }
}
