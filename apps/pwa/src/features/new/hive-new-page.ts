import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Choices } from '@hive/events';
import { goTo } from '../../app/address.ts';
import type { RoomDesk } from '../../data/desk.ts';
import type { LiveStream } from '../../data/live-stream.ts';
import { Rights } from '../../data/rights.ts';
import type { QueuedWork } from '../../data/send-work.ts';
import type { WorkQueue } from '../../data/work-queue.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { errorWords } from '../../ui/error-words.ts';
import { count } from '../../ui/duration.ts';
import { toast } from '../../ui/toast.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import { behindMore, emptyDraft, type Draft, type Field, type Problems } from './draft.ts';
import { textField, type Form } from './form.ts';
import './hive-repo-checks.ts';
import type { Looked } from './hive-repo-checks.ts';
import { newStyles } from './new-styles.ts';
import type { Work } from './work-of.ts';

const draftName = 'draft/new';
const pauseMs = 400;
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const isAway = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === 'hive.unreachable';

/** New work: what is to be done, where, what proves it and what it may cost. What is typed survives a reload; without Hive it waits here. */
@customElement('hive-new-page')
export class HiveNewPage extends LitElement {
  static override styles = [baseStyles, newStyles];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;

  @state() private draft: Draft = emptyDraft(crypto.randomUUID());
  @state() private problems: Problems = {};
  @state() private failed: unknown = null;
  @state() private choices: Choices | null = null;
  @state() private looked: Looked = { state: 'none' };
  @state() private sending = false;
  @state() private more = false;
  /** Made once its code is there: an element that is made before has no desk when it begins. */
  @state() private hasSchedules = false;
  @state() private queued: readonly QueuedWork[] = [];

  readonly #rights = new Rights(this, () => this.desk);
  #queue: WorkQueue | null = null;
  #unheard: (() => void) | undefined;
  #wanted = 0;
  #due: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unheard?.();
    clearTimeout(this.#due);
  }

  override render() {
    return html`<h1 tabindex="-1">New workflow</h1>
      ${this.queued.length === 0 ? nothing : html`<hive-queued-work .works=${this.queued} @hive-unqueue=${({ detail }: CustomEvent<string>) => void this.#queue?.remove(detail)}></hive-queued-work>`}
      ${this.#form({ draft: this.draft, problems: this.problems, change: this.#change })}
      ${this.hasSchedules ? html`<hive-schedules .desk=${this.desk} .live=${this.live}></hive-schedules>` : nothing}`;
  }

  #form(form: Form) {
    const { draft, looked } = this;
    const budget = this.choices?.budget ?? null;
    const usual = [
      ...(budget?.usd === undefined ? [] : [`${budget.usd} dollars`]),
      ...(budget?.tokens === undefined ? [] : [count(budget.tokens, 'token')]),
    ].join(' and ');
    return html`<form novalidate @submit=${this.#send} @keydown=${this.#keys}>
      ${this.#templates(this.choices?.templates ?? [])}
      ${textField(form, 'goal', { label: 'What is to be done', rows: 4, hint: 'In plain words; say what should be true afterwards' })}
      ${textField(form, 'repo', {
        label: 'Repository',
        hint: 'Its whole path on the machine where Hive runs',
        offered: (this.choices?.repos ?? []).map(({ repo }) => repo),
      })}
      <hive-repo-checks .form=${form} .looked=${looked}></hive-repo-checks>
      <div class="pair">
        ${textField(form, 'usd', { label: 'At most, in dollars', inputmode: 'decimal', hint: usual === '' ? 'Empty: no limit of its own' : `Empty: ${usual}, as hive.yaml says` })}
        ${textField(form, 'tokens', { label: 'At most, in tokens', inputmode: 'numeric', hint: 'Read and written' })}
      </div>
      <details ?open=${this.more} @toggle=${this.#toggled}>
        <summary>More: branches, model, schedule</summary>
        <hive-new-more
          .form=${form}
          .look=${looked.state === 'found' ? looked.look : null}
          .models=${this.choices?.models ?? []}
          .zone=${zone}
        ></hive-new-more>
      </details>
      ${this.failed === null ? nothing : html`<p class="tone-failed" role="alert">${this.#failure()}</p>`}
      ${
        !this.#rights.areKnown || this.#rights.may('work') || !navigator.onLine
          ? nothing
          : html`<p class="muted small">This browser may look at Hive. Handing in work needs the right to.</p>`
      }
      <div class="row send">
        <button class="primary" type="submit" ?disabled=${this.sending}>
          ${this.sending ? 'Handing in…' : draft.when === 'now' ? 'Hand it in' : 'Hand it in later'}
        </button>
        <button type="button" @click=${() => this.#clear()}>Clear</button>
      </div>
    </form>`;
  }

  #templates(templates: Choices['templates']) {
    if (templates.length === 0) return nothing;
    const chosen = templates.find(({ name }) => name === this.draft.template);
    return html`<div class="field">
      <label for="template">Template</label>
      <select
        id="template"
        @change=${(event: Event) => this.#change({ template: (event.target as HTMLSelectElement).value })}
      >
        <option value="">none</option>
        ${templates.map(({ name }) => html`<option value=${name} ?selected=${name === this.draft.template}>${name}</option>`)}
      </select>
      <p class="small muted">
        ${chosen ? visibleLine(`Stages: ${chosen.stages.map(({ name }) => name).join(', ') || 'none'}`) : 'How a kind of goal is planned, as hive.yaml has it'}
      </p>
    </div>`;
  }

  #failure() {
    const { said, remedy } = errorWords(this.failed);
    return `Not handed in. ${said} ${remedy}`;
  }

  async #begin(): Promise<void> {
    const kept = localStorage.getItem(draftName);
    if (kept !== null) this.draft = { ...this.draft, ...(JSON.parse(kept) as Partial<Draft>) }; // as it was put
    const asked = new URLSearchParams(location.search);
    for (const name of ['goal', 'repo'] as const)
      if (asked.has(name)) this.draft = { ...this.draft, [name]: asked.get(name) ?? '' };
    if (behindMore.some((field) => this.draft[field] !== emptyDraft('')[field])) this.more = true;
    this.#look();
    await this.desk.choices().then(
      (choices) => (this.choices = choices),
      () => undefined, // the form does without offers
    );
    const [only] = this.choices?.repos ?? [];
    if (only && this.draft.repo === '') this.#change({ repo: only.repo });
    await this.#openQueue();
    await import('./hive-schedules.ts');
    this.hasSchedules = true;
  }

  async #openQueue(): Promise<WorkQueue> {
    if (this.#queue) return this.#queue;
    const [{ createWorkQueue }] = await Promise.all([
      import('../../data/work-queue.ts'),
      import('./hive-queued-work.ts'),
    ]);
    const queue = (this.#queue = createWorkQueue(this.desk));
    const read = async () => (this.queued = await queue.list().catch(() => []));
    this.#unheard = queue.onNews(() => void read());
    await read();
    return queue;
  }

  readonly #change = (change: Partial<Draft>): void => {
    this.draft = { ...this.draft, ...change };
    const healed = Object.keys(change);
    if (healed.some((field) => field in this.problems))
      this.problems = Object.fromEntries(Object.entries(this.problems).filter(([field]) => !healed.includes(field)));
    this.#keepDraft();
    if ('repo' in change || 'base' in change) this.#look();
  };

  /** Looks at what is named once nothing was typed for a moment; the newest answer counts. */
  #look(): void {
    clearTimeout(this.#due);
    const mine = ++this.#wanted;
    const repo = this.draft.repo.trim();
    const base = this.draft.base.trim();
    if (!repo.startsWith('/')) {
      this.looked = { state: 'none' };
      return;
    }
    this.looked = { state: 'looking' };
    this.#due = setTimeout(() => {
      const take = (looked: Looked) => mine === this.#wanted && (this.looked = looked);
      this.desk.lookAtRepo({ repo, ...(base !== '' && { base }) }).then(
        (look) => take({ state: 'found', look }),
        (error: unknown) => take({ state: 'failed', why: errorWords(error).said }),
      );
    }, pauseMs);
  }

  readonly #send = (event: Event): void => {
    event.preventDefault();
    if (this.sending) return;
    this.failed = null;
    this.sending = true;
    void this.#hand().finally(() => (this.sending = false));
  };

  async #hand(): Promise<void> {
    // Loaded with the first send: what is typed is mostly typed for longer than that takes.
    const [{ workOf, fieldOf }, { sendWork }] = await Promise.all([
      import('./work-of.ts'),
      import('../../data/send-work.ts'),
    ]);
    const made = workOf(this.draft, { now: Date.now(), zone });
    if ('problems' in made) return this.#tell(made.problems);
    try {
      const sent = await sendWork(this.desk, made.work);
      this.#clear();
      if ('workflow' in sent) return goTo(`/traces/${sent.workflow}`);
      toast(`Handed in for later${sent.next === null ? '' : `: next ${new Date(sent.next).toLocaleString('en-GB')}`}`);
    } catch (error) {
      if (isAway(error)) return this.#keep(made.work);
      const field = fieldOf(error);
      if (field === null) this.failed = error;
      else await this.#tell({ [field]: errorWords(error).said });
    }
  }

  async #keep(work: Work): Promise<void> {
    try {
      await (await this.#openQueue()).add(work);
      this.#clear();
      toast('Hive does not answer. It waits here, and is sent when Hive does.');
    } catch (error) {
      this.failed = error; // nothing is kept here: it stays in the form
    }
  }

  /** Shows what is wrong at its field, and goes to the first. */
  async #tell(problems: Problems): Promise<void> {
    this.problems = problems;
    const [first] = Object.keys(problems) as Field[];
    if (first && behindMore.includes(first)) {
      await import('./hive-new-more.ts');
      this.more = true;
    }
    await this.updateComplete;
    const parts = [...this.renderRoot.querySelectorAll<LitElement>('hive-repo-checks, hive-new-more')];
    await Promise.all(parts.map((part) => part.updateComplete));
    const roots: ParentNode[] = [this.renderRoot, ...parts.flatMap((part) => part.shadowRoot ?? [])];
    roots
      .map((root) => root.querySelector<HTMLElement>(`#${first ?? 'goal'}`))
      .find((it) => it)
      ?.focus();
  }

  /** A fresh form, with the repository as it was: the next goal is mostly for the same. */
  #clear(): void {
    this.draft = { ...emptyDraft(crypto.randomUUID()), repo: this.draft.repo };
    this.problems = {};
    this.failed = null;
    this.#keepDraft();
  }

  /** At once: a page may be left the moment after the last letter, and what is written later may not be. */
  #keepDraft(): void {
    try {
      localStorage.setItem(draftName, JSON.stringify(this.draft));
    } catch {
      // A browser that keeps nothing, or not as much as this.
    }
  }

  readonly #toggled = (event: Event): void => {
    this.more = (event.target as HTMLDetailsElement).open;
  };

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('more') && this.more) void import('./hive-new-more.ts');
  }

  /** Ctrl or Cmd with Enter sends from anywhere in the form. */
  readonly #keys = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.#send(event);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-new-page': HiveNewPage;
  }
}
