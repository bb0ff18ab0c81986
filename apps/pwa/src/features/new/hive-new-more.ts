import { LitElement, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { RepoLook } from '@hive/events';
import { baseStyles } from '../../ui/base-styles.ts';
import type { Draft } from './draft.ts';
import { said, textField, type Form } from './form.ts';
import { newStyles } from './new-styles.ts';

const whens = { now: 'Now', at: 'At a moment', cron: 'Again and again' } as const;
const duplicates = {
  keep: 'keep the one that is there',
  replace: 'cancel the older one',
  debounce: 'cancel the older one unless it has begun to work',
} as const;

/** The fields of new work that most do without. The page loads it when they are opened. */
@customElement('hive-new-more')
export class HiveNewMore extends LitElement {
  static override styles = [baseStyles, newStyles];

  @property({ attribute: false }) form!: Form;
  /** What was found in the repository; null while nothing is known. */
  @property({ attribute: false }) look: RepoLook | null = null;
  @property({ attribute: false }) models: readonly string[] = [];
  @property() zone = '';

  override render() {
    const { form, look } = this;
    return html`<div class="fields">
      <div class="pair">
        ${textField(form, 'base', { label: 'Begin from', hint: 'A branch, tag or commit; empty: what is checked out there', ...(look && { offered: look.branch === null ? look.branches : [look.branch, ...look.branches] }) })}
        ${textField(form, 'into', {
          label: 'Deliver into',
          hint: look?.into
            ? `Empty: ${look.into}, as hive.yaml says`
            : 'A branch that is not checked out; empty: only a branch hive/…',
          ...(look && { offered: look.branches }),
        })}
      </div>
      ${textField(form, 'setup', { label: 'Setup', hint: 'One command that installs what the checks need; empty: what is found' })}
      <div class="pair">
        ${textField(form, 'model', { label: 'Model', hint: 'Plans and writes; empty: those of hive.yaml', offered: this.models })}
        ${textField(form, 'reserve', { label: 'Leave to people, in percent', hint: "Of a provider's window", inputmode: 'decimal' })}
      </div>
      ${this.#flag('localOnly', form.draft.localOnly, 'Only models on own boxes', (on) => ({ localOnly: on }))}
      ${this.#flag('redBefore', form.draft.redBefore === 'not_needed', 'No check has to be red without the change (a refactoring, documents, chores)', (on) => ({ redBefore: on ? 'not_needed' : 'needed' }))}
      <div class="pair">
        ${textField(form, 'until', { label: 'No call to a model after', hint: 'Then it is paused until somebody resumes it', type: 'datetime-local' })}
        ${textField(form, 'priority', { label: 'Priority', hint: 'From -100 to 100; higher begins first, empty: 0', inputmode: 'numeric' })}
      </div>
      <fieldset>
        <legend>When</legend>
        ${(Object.keys(whens) as Draft['when'][]).map(
          (when) =>
            html`<label class="check"
              ><input
                type="radio"
                name="when"
                .checked=${form.draft.when === when}
                @change=${() => form.change({ when })}
              />${whens[when]}</label
            >`,
        )}
      </fieldset>
      ${form.draft.when === 'at' ? textField(form, 'at', { label: 'At', type: 'datetime-local' }) : ''}
      ${
        form.draft.when === 'cron'
          ? textField(form, 'cron', {
              label: 'Minute, hour, day, month, weekday',
              hint: `In ${this.zone}, for example 0 22 * * 1-5`,
              placeholder: '0 22 * * 1-5',
            })
          : ''
      }
      <div class="pair">
        ${textField(form, 'dedupe', { label: 'Only one at a time under this key', hint: 'In its repository; empty: any number' })}
        <div class="field">
          <label for="onDuplicate">When there is one already</label>
          <select
            id="onDuplicate"
            ?disabled=${form.draft.dedupe === ''}
            @change=${(event: Event) => form.change({ onDuplicate: (event.target as HTMLSelectElement).value as Draft['onDuplicate'] })}
          >
            ${Object.entries(duplicates).map(([mode, words]) => html`<option value=${mode} ?selected=${form.draft.onDuplicate === mode}>${words}</option>`)}
          </select>
        </div>
      </div>
    </div>`;
  }

  #flag(name: 'localOnly' | 'redBefore', on: boolean, label: string, change: (on: boolean) => Partial<Draft>) {
    const tell = (event: Event) => this.form.change(change((event.target as HTMLInputElement).checked));
    return html`<div class="field">
      <div class="check">
        <input id=${name} type="checkbox" .checked=${on} @change=${tell} /><label for=${name}>${label}</label>
      </div>
      ${said(name, this.form.problems[name], undefined)}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-new-more': HiveNewMore;
  }
}
