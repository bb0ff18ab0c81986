import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { DeadLetter, DeadLetterDetail, DeadLetterFilter, HiveEvent, Page } from '@hive/events';
import { AddressController } from '../../app/address-controller.ts';
import { addressWith, goTo } from '../../app/address.ts';
import type { RoomDesk } from '../../data/desk.ts';
import { LiveLoad } from '../../data/live-load.ts';
import type { LiveStream } from '../../data/live-stream.ts';
import { askFirst } from '../../ui/ask-first.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { count } from '../../ui/duration.ts';
import { loadView } from '../../ui/load-view.ts';
import { toast } from '../../ui/toast.ts';
import { visibleLine, visibleText } from '../../ui/visible-text.ts';
import '../../ui/hive-status.ts';
import '../../ui/hive-time.ts';
import { aboutAll, aboutOne, letterFilterOf, outcomeWords, type LetterVerb } from './letter-words.ts';
import { lettersStyles } from './letters-styles.ts';

const pageSize = 100;

/** What is known of an opened letter beside the list. */
type Opened = { readonly detail: DeadLetterDetail; readonly event: HiveEvent | null };

/** What was given up and is kept: why, how often it was tried, and the two ways on, for one or for all that fit. */
@customElement('hive-dead-letters')
export class HiveDeadLetters extends LitElement {
  static override styles = [baseStyles, lettersStyles];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;

  @state() private opened: ReadonlyMap<string, Opened> = new Map();
  @state() private older: readonly DeadLetter[] = [];
  @state() private next: string | null | undefined = undefined;
  @state() private busy = false;

  readonly #address = new AddressController(this);
  #asked = '';
  readonly #load = new LiveLoad<Page<DeadLetter>>(this, {
    live: () => this.live,
    load: () => {
      this.older = [];
      this.next = undefined;
      return this.desk.deadLetters({ ...this.#filter, limit: pageSize });
    },
    concerns: ({ type }) =>
      /^(task\.(dead_lettered|failed|discarded|redriven|cancelled)|system\.(redriven|discarded))$/.test(type),
    everyMs: 15_000, // letters of subscriptions are no events
  });

  get #filter(): DeadLetterFilter {
    return letterFilterOf(new URLSearchParams(location.search));
  }

  protected override willUpdate(): void {
    const asked = JSON.stringify(this.#filter);
    if (this.#asked !== '' && asked !== this.#asked) void this.#load.reset();
    this.#asked = asked;
  }

  override render() {
    return loadView(this.#load, ({ items, next }) => {
      const letters = [...items, ...this.older.filter(({ id }) => items.every((it) => it.id !== id))];
      return html`${this.#tools(letters)} ${letters.length === 0 ? this.#empty() : this.#list(letters)}
      ${this.#more(this.next === undefined ? next : this.next)}`;
    });
  }

  #tools(letters: readonly DeadLetter[]) {
    const { kind, subscription, code, workflow } = this.#filter;
    const chip = (name: string, value: string | null) =>
      html`<button aria-pressed=${(kind ?? null) === value} @click=${() => goTo(addressWith({ kind: value }))}>
        ${name}
      </button>`;
    const bound = (name: string, value: string | undefined) =>
      value === undefined
        ? nothing
        : html`<button aria-pressed="true" title="Remove" @click=${() => goTo(addressWith({ [name]: null }))}>
            ${name} ${visibleLine(value)}
          </button>`;
    const verb = (name: string, it: LetterVerb) =>
      html`<button ?disabled=${this.busy || letters.length === 0} @click=${() => void this.#all(it)}>${name}</button>`;
    return html`<div class="tools">
      <span class="verbs" role="group" aria-label="Kinds">
        ${chip('All', null)} ${chip('Events', 'event')} ${chip('Tasks', 'task')} ${bound('subscription', subscription)}
        ${bound('code', code)} ${bound('workflow', workflow)}
      </span>
      ${verb('Re-drive all of these', 'redrive')} ${verb('Discard all of these', 'discard')}
    </div>`;
  }

  #list(letters: readonly DeadLetter[]) {
    return html`<ul class="panel">
      ${repeat(
        letters,
        ({ id, subscription }) => `${id} ${subscription}`,
        (letter) => html`<li>${this.#letter(letter)}</li>`,
      )}
    </ul>`;
  }

  #letter(letter: DeadLetter) {
    const { kind, what, error, code, attempts, at, status } = letter;
    return html`<details @toggle=${(event: ToggleEvent) => event.newState === 'open' && void this.#open(letter)}>
      <summary>
        <hive-status .status=${status === 'failed' ? 'failed' : 'given up'}></hive-status>
        <span class="one-line ${kind === 'event' ? 'mono' : ''}">${visibleLine(what.slice(0, 300))}</span>
        <span class="error one-line muted"
          >${code === null ? nothing : html`<b class="mono tone-failed">${visibleLine(code)}</b> `}${visibleLine(error.slice(0, 300))}</span
        >
        <span class="muted small">${count(attempts, 'attempt')}</span>
        <span class="muted small"><hive-time .at=${at}></hive-time></span>
      </summary>
      ${this.#inside(letter)}
    </details>`;
  }

  #inside(letter: DeadLetter) {
    const { kind, id, error, subscription, code, workflowId } = letter;
    const opened = this.opened.get(id);
    const verb = (name: string, it: LetterVerb) =>
      html`<button ?disabled=${this.busy} @click=${() => void this.#one(it, letter)}>${name}</button>`;
    return html`<div class="more">
      <p>${visibleText(error)}</p>
      <p class="verbs">
        ${verb('Re-drive', 'redrive')} ${verb('Discard', 'discard')}
        ${kind === 'task' ? html`<a href="/tasks/${id}">Open the task</a>` : html`<a href="/events?sel=${id}">Open the event</a>`}
        ${workflowId === null ? nothing : html`<a href="/traces/${workflowId}">Open its trace</a>`}
        ${subscription === null ? nothing : html`<a href=${addressWith({ subscription })}>Only of ${visibleLine(subscription)}</a>`}
        ${code === null ? nothing : html`<a href=${addressWith({ code })}>Only ${visibleLine(code)}</a>`}
      </p>
      ${
        opened === undefined
          ? html`<hive-skeleton rows="2"></hive-skeleton>`
          : html`<h3>What led there</h3>
              <ul class="small">
                ${opened.detail.history.map(
                  (it) =>
                    html`<li>
                      <time class="mono muted" datetime=${it.at}>${it.at.slice(0, 19).replace('T', ' ')}</time>
                      <span class="mono">${visibleLine(it.type)}</span> ${visibleLine(it.text.slice(0, 1000))}
                    </li>`,
                )}
              </ul>
              ${
                opened.event === null
                  ? nothing
                  : html`<h3>Payload</h3>
                      <pre tabindex="0" aria-label="Payload as JSON">
${visibleText(JSON.stringify(opened.event.data, null, 2))}</pre>`
              }`
      }
    </div>`;
  }

  #more(after: string | null) {
    if (after === null) return nothing;
    const load = async () => {
      const { items, next } = await this.desk.deadLetters({ ...this.#filter, limit: pageSize, after });
      this.older = [...this.older, ...items];
      this.next = next;
    };
    return html`<p><button @click=${() => void load().catch(complain)}>Load older dead letters</button></p>`;
  }

  #empty() {
    const isFiltered = Object.keys(this.#filter).length > 0;
    return html`<hive-notice
      heading=${isFiltered ? 'No dead letter fits' : 'Nothing was given up'}
      said=${
        isFiltered
          ? 'There may be others without this filter.'
          : 'Events that could not be handled and tasks that ran out of attempts wait here for a person.'
      }
      icon="done"
      tone="ok"
      >${isFiltered ? html`<a href="/events?view=dead-letters">Show all dead letters</a>` : nothing}</hive-notice
    >`;
  }

  async #open({ id, kind }: DeadLetter): Promise<void> {
    try {
      const [detail, event] = await Promise.all([
        this.desk.deadLetter(id),
        kind === 'event' ? this.desk.event(id).catch(() => null) : null,
      ]);
      this.opened = new Map(this.opened).set(id, { detail, event });
    } catch (error) {
      complain(error);
    }
  }

  async #one(verb: LetterVerb, letter: DeadLetter): Promise<void> {
    const isRetry = verb === 'redrive' && letter.kind === 'task';
    const answer = await askFirst({
      ...aboutOne(verb, letter),
      tone: verb === 'discard' ? 'danger' : 'plain',
      ...(isRetry && { note: { label: 'A note for its author (optional)' } }),
    });
    if (answer) await this.#act(verb, { id: letter.id, ...(answer.note !== '' && { note: answer.note }) });
  }

  async #all(verb: LetterVerb): Promise<void> {
    const filter = this.#filter;
    const which = Object.keys(filter).length === 0 ? { all: true as const } : filter;
    try {
      const found = await this.desk[verb]({ ...which, dryRun: true });
      if (found.items.length === 0) return toast(outcomeWords(verb, found), 'failed');
      const answer = await askFirst({ ...aboutAll(verb, found), tone: verb === 'discard' ? 'danger' : 'plain' });
      if (answer) await this.#act(verb, which);
    } catch (error) {
      complain(error);
    }
  }

  async #act(verb: LetterVerb, request: Parameters<RoomDesk['redrive']>[0]): Promise<void> {
    this.busy = true;
    try {
      const outcome = await this.desk[verb](request);
      toast(outcomeWords(verb, outcome), outcome.items.length > 0 ? 'ok' : 'failed');
      await this.#load.run();
    } catch (error) {
      complain(error);
    } finally {
      this.busy = false;
    }
  }
}

const complain = (error: unknown) => toast(error instanceof Error ? error.message : String(error), 'failed');

declare global {
  interface HTMLElementTagNameMap {
    'hive-dead-letters': HiveDeadLetters;
  }
}
