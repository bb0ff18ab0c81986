import { html, nothing, type TemplateResult } from 'lit';
import type { Draft, Field, Problems } from './draft.ts';

/** What the parts of the form share: what stands in it, what is wrong with it, and how a field is changed. */
export type Form = {
  readonly draft: Draft;
  readonly problems: Problems;
  readonly change: (change: Partial<Draft>) => void;
};

/** How a field is shown. */
export type Shown = {
  readonly label: string;
  readonly hint?: string;
  readonly type?: 'text' | 'datetime-local';
  readonly inputmode?: 'decimal' | 'numeric' | 'url';
  /** More than one line. */
  readonly rows?: number;
  /** What is offered while it is typed. */
  readonly offered?: readonly string[];
  readonly placeholder?: string;
};

type Text = { [K in Field]: Draft[K] extends boolean ? never : K }[Field];

/** A field for text with its label above it; what is wrong or to know stands below it. */
export const textField = ({ draft, problems, change }: Form, name: Text, shown: Shown): TemplateResult => {
  const { label, hint, type = 'text', inputmode, rows, offered, placeholder } = shown;
  const problem = problems[name];
  const tell = (event: Event) => change({ [name]: (event.target as HTMLInputElement | HTMLTextAreaElement).value }); // a member of Text
  const described = problem !== undefined || hint !== undefined ? `${name}-said` : nothing;
  return html`<div class="field">
    <label for=${name}>${label}</label>
    ${
      rows === undefined
        ? html`<input
            id=${name}
            type=${type}
            inputmode=${inputmode ?? nothing}
            list=${offered ? `${name}-offered` : nothing}
            placeholder=${placeholder ?? nothing}
            autocomplete="off"
            spellcheck="false"
            aria-invalid=${problem === undefined ? nothing : 'true'}
            aria-describedby=${described}
            .value=${draft[name]}
            @input=${tell}
          />`
        : html`<textarea
            id=${name}
            rows=${rows}
            placeholder=${placeholder ?? nothing}
            aria-invalid=${problem === undefined ? nothing : 'true'}
            aria-describedby=${described}
            .value=${draft[name]}
            @input=${tell}
          ></textarea>`
    }
    ${offered ? html`<datalist id="${name}-offered">${offered.map((it) => html`<option value=${it}></option>`)}</datalist>` : nothing}
    ${said(name, problem, hint)}
  </div>`;
};

/** What is wrong with a field, or what to know about it. */
export const said = (name: string, problem: string | undefined, hint: string | undefined) =>
  problem === undefined && hint === undefined
    ? nothing
    : html`<p id="${name}-said" class="small ${problem === undefined ? 'muted' : 'tone-failed'}">
        ${problem ?? hint}
      </p>`;
