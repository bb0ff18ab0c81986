import { css } from 'lit';

export const tracesStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-3);
  }
  search {
    display: flex;
    flex-wrap: wrap;
    gap: var(--hive-space-2);
  }
  input {
    flex: 1 1 280px;
  }
  .chips {
    display: flex;
    gap: var(--hive-space-1);
    overflow-x: auto;
    padding: 3px;
    margin: -3px;
  }
  .chips button {
    flex: none;
    font-size: var(--hive-size-2);
  }
  .pill {
    justify-self: center;
    border-radius: 999px;
  }
  li {
    position: relative;
    display: grid;
    grid-template-columns: 132px minmax(0, 1fr) 112px 90px 104px 84px 70px;
    align-items: center;
    gap: var(--hive-space-3);
    padding: 6px var(--hive-space-4);
    border-block-start: 1px solid var(--hive-border);
  }
  li:first-child {
    border-block-start: 0;
  }
  li:hover {
    background: color-mix(in srgb, var(--hive-sunken) 60%, transparent);
  }
  .goal {
    color: inherit;
    font-weight: 600;
    text-decoration: none;
  }
  /* The whole row leads to the trace; what can be copied lies above. */
  .goal::after {
    content: '';
    position: absolute;
    inset: 0;
  }
  .goal:focus-visible {
    outline: none;
  }
  .goal:focus-visible::after {
    outline: 2px solid var(--hive-accent);
    outline-offset: -2px;
    border-radius: var(--hive-radius-1);
  }
  .status {
    display: flex;
  }
  .id {
    position: relative;
    z-index: 1;
  }
  .took,
  .events,
  .errors {
    text-align: end;
  }
  @media (max-width: 900px) {
    li {
      grid-template-columns: repeat(4, auto) 1fr;
      gap: 2px var(--hive-space-2);
      padding: var(--hive-space-3);
    }
    .goal {
      grid-column: 1 / -1;
      grid-row: 2;
      font-size: var(--hive-size-4);
    }
    .status {
      grid-column: 1 / 4;
      grid-row: 1;
    }
    .id {
      grid-column: 4 / -1;
      grid-row: 1;
      justify-self: end;
    }
    .started,
    .took,
    .events,
    .errors {
      grid-row: 3;
      text-align: start;
    }
  }
`;
