import { html, nothing, type TemplateResult } from 'lit';
import { count } from '../../../ui/duration.ts';
import type { WaterfallAct } from './waterfall-keys.ts';
import type { WaterfallState } from './waterfall-state.ts';

const grouped = new Intl.NumberFormat('en');

export type ToolsOptions = {
  readonly state: WaterfallState;
  readonly query: string;
  readonly problem: string;
  readonly isWhole: boolean;
  readonly isRunning: boolean;
  readonly following: boolean;
  readonly typed: (text: string) => void;
  readonly act: (act: WaterfallAct) => void;
};

/** How many rows are shown of how many, and what hides the others. */
export const countWords = ({ store, layout, fits }: WaterfallState): string => {
  const all = store.rows - store.unplaced;
  if (fits !== null)
    return `${grouped.format(layout.fitting)} of ${grouped.format(all)} fit, ${grouped.format(all - layout.fitting)} hidden by filter`;
  const hidden = all - layout.count;
  return hidden > 0 ? `${count(layout.count, 'row')}, ${grouped.format(hidden)} collapsed` : count(all, 'event');
};

/** Filter, counts and switches of the waterfall. */
export const waterfallTools = (options: ToolsOptions): TemplateResult => {
  const { state, query, problem, isWhole, isRunning, following, typed, act } = options;
  const isFolded = state.shut.size > 0;
  const button = (text: string, key: string, does: WaterfallAct, pressed?: boolean) =>
    html`<button
      aria-pressed=${pressed === undefined ? nothing : pressed}
      title=${`${text} (${key})`}
      @click=${() => act(does)}
    >
      ${text}
    </button>`;
  return html`<div class="tools">
    <form
      role="search"
      @submit=${(event: Event) => event.preventDefault()}
      @input=${(event: Event) => typed((event.target as HTMLInputElement).value)}
    >
      <input
        type="search"
        name="q"
        aria-label="Filter events"
        aria-invalid=${problem === '' ? nothing : 'true'}
        placeholder="status:failed type:task.* agent:… dur:>5s text"
        autocomplete="off"
        spellcheck="false"
        .value=${query}
      />
    </form>
    <span class="counts ${query === '' && isWhole ? 'all' : ''} muted small" role="status"
      >${isWhole ? '' : 'Loading: '}${countWords(state)}</span
    >
    <span class="buttons">
      ${isRunning ? button(following ? 'Following' : 'Follow', 'l', { act: 'follow' }, following) : nothing}
      ${button('Fit', 'f', { act: 'fit' })} ${button('True time', 'i', { act: 'time' }, state.trueTime)}
      ${button('Critical path', 'p', { act: 'path' }, state.path !== null)}
      ${button(isFolded ? 'Expand all' : 'Collapse tasks', 'x', { act: 'collapse' })}
    </span>
    ${problem === '' ? nothing : html`<span class="problem small" role="alert">${problem}</span>`}
  </div>`;
};
