import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { rowWords } from './row-words.ts';
import type { WaterfallState } from './waterfall-state.ts';

/** How many rows on each side of the active one can be read. */
const around = 20;

export type TwinOptions = {
  readonly selected: number;
  readonly choose: (row: number) => void;
  readonly focused: (row: number) => void;
};

/** The id of a row's element. */
export const twinId = (row: number): string => `row-${row}`;

/** What the canvas shows, as a tree that can be read and focused: the rows round the active one, each with its place among all. */
export const waterfallTwin = (state: WaterfallState, { selected, choose, focused }: TwinOptions): TemplateResult => {
  const { store, layout } = state;
  const at = Math.max(0, layout.indexOf(state.active));
  const first = Math.max(0, Math.min(at - around, layout.count - 2 * around - 1));
  const rows = Array.from(layout.visible.subarray(first, Math.min(layout.count, first + 2 * around + 1)));
  return html`<div class="twin" role="treegrid" aria-label="Events by cause" aria-rowcount=${layout.count}>
    ${repeat(
      rows,
      (row) => row,
      (row, index) => {
        const { name, status, lasted, offset, actor } = rowWords(store, row, state.now);
        return html`<div
          role="row"
          id=${twinId(row)}
          aria-rowindex=${first + index + 1}
          aria-level=${(store.depth[row] ?? 0) + 1}
          aria-expanded=${store.children[row] === 0 ? nothing : !state.isShut(row)}
          aria-selected=${row === selected}
          aria-current=${state.path?.has(row) ? 'step' : nothing}
          tabindex=${row === state.active ? 0 : -1}
          @click=${() => choose(row)}
          @focus=${() => focused(row)}
        >
          <span role="gridcell">${name}</span>
          <span role="gridcell">${status}</span>
          <span role="gridcell">${lasted === '' ? offset : `${lasted}, ${offset}`}</span>
          <span role="gridcell">${actor}</span>
        </div>`;
      },
    )}
  </div>`;
};
