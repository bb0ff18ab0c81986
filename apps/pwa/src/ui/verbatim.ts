import { css, type CSSResult } from 'lit';

/** A text as it is, in a box that scrolls when its height is bounded. */
export const verbatim: CSSResult = css`
  pre {
    overflow: auto;
    padding: var(--hive-space-3);
    background: var(--hive-sunken);
    border-radius: var(--hive-radius-1);
    font: var(--hive-size-1) / 1.5 var(--hive-mono);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
`;
