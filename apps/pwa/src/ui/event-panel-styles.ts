import { css } from 'lit';
import { verbatim } from './verbatim.ts';

/** One event whole, in an `aside`: beside what it was chosen from at a desk, a sheet over it on a phone. */
export const eventPanelStyles = css`
  :host {
    display: block;
    position: relative;
    min-inline-size: 0;
  }
  .grip {
    position: absolute;
    z-index: 1;
    display: grid;
    place-items: center;
    inset-block: 0;
    inset-inline-start: -20px;
    inline-size: 24px;
    cursor: col-resize;
    touch-action: none;
  }
  .grip span {
    border-radius: 2px;
    background: var(--hive-control);
    inline-size: 4px;
    block-size: 40px;
  }
  .grip:not(:hover, :focus-visible) span {
    opacity: 0.5;
  }
  aside {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-3);
    max-block-size: calc(100dvh - 2 * var(--hive-space-4));
    overflow: auto;
    padding: var(--hive-space-4);
  }
  .top {
    display: flex;
    align-items: start;
    justify-content: space-between;
    gap: var(--hive-space-2);
  }
  .top button {
    margin: calc(-1 * var(--hive-space-2));
  }
  h2,
  p {
    overflow-wrap: anywhere;
  }
  dl {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 2px var(--hive-space-3);
    font-size: var(--hive-size-2);
  }
  dt {
    color: var(--hive-muted);
  }
  dd {
    overflow-wrap: anywhere;
  }
  ${verbatim}
  @media (max-width: 1023px) {
    aside {
      block-size: var(--sheet, 62dvh);
      max-block-size: 92dvh;
      border-radius: var(--hive-radius-2) var(--hive-radius-2) 0 0;
      box-shadow: 0 -4px 16px rgb(0 0 0 / 25%);
      padding-block: 28px calc(var(--hive-space-4) + env(safe-area-inset-bottom));
      align-content: start;
    }
    .grip {
      inset: 1px 1px auto;
      inline-size: auto;
      block-size: 26px;
      border-radius: var(--hive-radius-2) var(--hive-radius-2) 0 0;
      background: var(--hive-surface);
      cursor: row-resize;
    }
    .grip span {
      inline-size: 48px;
      block-size: 4px;
    }
  }
`;
