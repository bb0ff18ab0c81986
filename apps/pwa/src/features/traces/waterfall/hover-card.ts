import { html, nothing, type TemplateResult } from 'lit';
import { duration } from '../../../ui/duration.ts';
import { rowWords } from './row-words.ts';
import type { WaterfallState } from './waterfall-state.ts';

/** The row under the pointer, and the moment that it points at; NaN beside the bars. */
export type Hovered = { readonly row: number; readonly at: number };

const width = 440;
const apart = 70;

/** What a row says, beside the pointer. A picture only: the twin says the same. */
export const hoverCard = ({ store, now }: WaterfallState, { row, at }: Hovered): TemplateResult => {
  const { name, status, lasted, offset, actor } = rowWords(store, row, now);
  return html`<div class="card panel" aria-hidden="true">
    <p>${name}</p>
    <p class="muted">${[status, lasted, offset, actor].filter((it) => it !== '').join(' · ')}</p>
    ${Number.isFinite(at) ? html`<p class="muted">pointer at +${duration(at - store.firstAt)}</p>` : nothing}
  </div>`;
};

/** Puts the card beside a place of the frame, where it fits. */
export const placeCard = (frame: HTMLElement, x: number, y: number): void => {
  const isAbove = y < frame.clientHeight / 2;
  frame.style.setProperty('--x', `${Math.min(x + 16, Math.max(0, frame.clientWidth - width))}px`);
  frame.style.setProperty('--y', `${Math.max(0, isAbove ? y + apart : y - apart)}px`);
};
