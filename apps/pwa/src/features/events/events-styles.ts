import { css } from 'lit';

export const eventsStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-3);
    overflow-anchor: none;
  }
  .tools,
  .chips {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--hive-space-2);
  }
  .tools input {
    flex: 1;
    min-inline-size: 160px;
  }
  .chips button {
    min-block-size: max(28px, calc(var(--hive-target) - 8px));
    font-size: var(--hive-size-1);
  }
  .said {
    display: flex;
    flex-wrap: wrap;
    gap: var(--hive-space-1) var(--hive-space-4);
    min-block-size: 20px;
  }
  .said span:first-child {
    flex: 1;
  }
  .split {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-3);
    align-items: start;
  }
  .list {
    position: relative;
    overflow: clip;
    min-block-size: 28px;
  }
  .pill {
    position: sticky;
    inset-block-start: var(--hive-space-2);
    z-index: 2;
    inline-size: max-content;
    justify-self: center;
    border-radius: 999px;
  }
  .row {
    display: grid;
    grid-template-columns: 96px minmax(140px, 190px) minmax(0, 1fr) minmax(0, 150px);
    align-items: center;
    gap: var(--hive-space-3);
    block-size: 28px;
    /* Rows out of sight are there to be searched, and cost no layout. */
    content-visibility: auto;
    padding-inline: var(--hive-space-3);
    color: inherit;
    text-decoration: none;
    font-size: var(--hive-size-2);
  }
  .row:hover {
    background: color-mix(in srgb, var(--hive-sunken) 60%, transparent);
  }
  .row:focus-visible {
    outline-offset: -2px;
  }
  .row[aria-current] {
    background: color-mix(in srgb, var(--hive-accent) 14%, transparent);
  }
  .row .time,
  .row .by {
    color: var(--hive-muted);
    font-size: var(--hive-size-1);
  }
  @media (min-width: 1024px) {
    .split.open {
      grid-template-columns: minmax(0, 1fr) auto;
    }
    .split > hive-event-sheet {
      inline-size: var(--panel, 380px);
      position: sticky;
      inset-block-start: var(--hive-space-4);
    }
  }
  @media (max-width: 1023px) {
    .split > hive-event-sheet {
      position: fixed;
      inset-inline: 0;
      inset-block-end: 0;
      z-index: 9;
    }
  }
  @media (max-width: 700px) {
    .row {
      grid-template-columns: minmax(0, 1fr) auto;
      grid-template-rows: auto auto;
      gap: 0 var(--hive-space-2);
      align-content: center;
      block-size: 48px;
    }
    .row .time {
      grid-column: 2;
      grid-row: 1;
    }
    .row .what {
      grid-column: 1 / -1;
      grid-row: 2;
    }
    .row .by {
      display: none;
    }
    .chips {
      flex-wrap: nowrap;
      overflow-x: auto;
      scrollbar-width: none;
      margin-inline: calc(-1 * var(--hive-space-4));
      padding-inline: var(--hive-space-4);
    }
    .chips button {
      flex: none;
    }
  }
`;
