import { css, type CSSResult } from 'lit';

/** An element whose parts stand below each other, as wide as it is and never wider. `gap` is a step of the scale of spaces. */
export const stack = (gap: 1 | 2 | 3 | 4 | 5): CSSResult => css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-${gap});
  }
`;
