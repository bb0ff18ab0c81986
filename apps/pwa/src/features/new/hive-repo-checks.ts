import { LitElement, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { RepoLook } from '@hive/events';
import { baseStyles } from '../../ui/base-styles.ts';
import { icon } from '../../ui/icons.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import { textField, type Form } from './form.ts';
import { newStyles } from './new-styles.ts';

/** What is known of the repository that is named: nothing yet, asked now, looked at, or why not. */
export type Looked =
  | { readonly state: 'none' | 'looking' }
  | { readonly state: 'found'; readonly look: RepoLook }
  | { readonly state: 'failed'; readonly why: string };

const sources = {
  given: 'given here',
  plan: 'from the plan',
  task: 'of a task',
  config: 'from hive.yaml',
  found: 'found there',
};

/** The commands that would be run, shown before anything is sent, and the field that replaces them. */
@customElement('hive-repo-checks')
export class HiveRepoChecks extends LitElement {
  static override styles = [baseStyles, newStyles];

  @property({ attribute: false }) form!: Form;
  @property({ attribute: false }) looked: Looked = { state: 'none' };

  override render() {
    const found = this.looked.state === 'found' && this.looked.look.checks.length > 0;
    return html`<div class="fields">
      <section class="panel looked" aria-labelledby="runs" aria-live="polite">
        <h2 id="runs">What will be run there</h2>
        ${this.#known()}
      </section>
      ${textField(this.form, 'checks', {
        label: found ? 'Other checks instead' : 'Checks',
        hint: 'A command on each line, without a shell; a change has to turn one of them from red to green',
        rows: 2,
      })}
    </div>`;
  }

  #known() {
    switch (this.looked.state) {
      case 'none':
        return html`<p class="muted">Name the repository, and its checks are looked for.</p>`;
      case 'looking':
        return html`<p class="muted">Looking…</p>`;
      case 'failed':
        return html`<p class="muted">It could not be looked at: ${visibleLine(this.looked.why)}</p>`;
      case 'found':
        return this.#found(this.looked.look);
    }
  }

  #found({ base, branch, checks, setup, nested }: RepoLook) {
    const given = this.form.draft.checks
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
    const runs =
      given.length > 0
        ? given.map((name) => ({ name, source: 'given' as const }))
        : checks.map(({ argv, source }) => ({ name: argv.join(' '), source }));
    const first = this.form.draft.setup.trim() || setup?.argv.join(' ');
    const [below] = nested;
    return html`<p class="small muted">
        On ${branch === null ? '' : html`<span class="mono">${visibleLine(branch)}</span> at `}<span class="mono"
          >${base.slice(0, 10)}</span
        >
      </p>
      ${
        runs.length === 0
          ? html`<p class="tone-waiting">
              ${icon('blocked')} No check was found, and without one nothing can be merged. Name one
              below${below ? html`, for example <span class="mono">${visibleLine(below.command)}</span>` : nothing}.
            </p>`
          : html`<ul class="commands">
              ${first ? html`<li><span class="mono">${visibleLine(first)}</span> <span class="small muted">once, as setup</span></li>` : nothing}
              ${runs.map(({ name, source }) => html`<li><span class="mono">${visibleLine(name)}</span> <span class="small muted">${sources[source]}</span></li>`)}
            </ul>`
      }`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-repo-checks': HiveRepoChecks;
  }
}
