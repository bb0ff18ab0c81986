import { css } from 'lit';
import { stack } from '../../ui/stack.ts';

export const tracesStyles = css`
  ${stack(3)}
  .head {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    gap: var(--hive-space-3);
  }
  .problem {
    flex-basis: 100%;
    overflow-wrap: anywhere;
  }
  .choice {
    position: relative;
    z-index: 1;
    display: grid;
    place-items: center;
    min-block-size: max(24px, var(--hive-target));
  }
  .choice input {
    min-block-size: 0;
    inline-size: 16px;
    block-size: 16px;
    margin: 0;
  }
  .repo {
    margin-inline-start: var(--hive-space-2);
    font-weight: 400;
  }
  search {
    display: flex;
    flex-wrap: wrap;
    gap: var(--hive-space-2);
  }
  input[type='search'] {
    flex: 1 1 280px;
  }
  .line {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: var(--hive-space-2);
  }
  .line select {
    flex: none;
    font-size: var(--hive-size-2);
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
  .pin .icon {
    inline-size: 14px;
    margin-inline-end: var(--hive-space-1);
    vertical-align: -3px;
    color: var(--hive-accent);
  }
  .pill {
    justify-self: center;
    border-radius: 999px;
  }
  li {
    position: relative;
    display: grid;
    grid-template-columns: 24px 132px minmax(0, 1fr) 112px 90px 104px 84px 70px;
    /* Rows that are not seen are neither laid out nor painted, however many were loaded. */
    content-visibility: auto;
    contain-intrinsic-block-size: auto 60px;
    align-items: center;
    gap: 0 var(--hive-space-3);
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
  /* How long it took beside the longest one. */
  .took i {
    display: block;
    block-size: 2px;
    margin-inline-start: auto;
    border-radius: 1px;
    background: var(--hive-control);
  }
  .work {
    grid-column: 3 / -1;
    grid-row: 2;
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  /* Figures lie above the row, and can be hit one by one. */
  li hive-number {
    position: relative;
    z-index: 1;
    line-height: 24px;
  }
  @media (max-width: 900px) {
    li {
      grid-template-columns: 24px repeat(4, auto) 1fr;
      gap: 2px var(--hive-space-2);
      padding: var(--hive-space-3);
    }
    .choice {
      grid-column: 1;
      grid-row: 1 / 5;
    }
    .goal {
      grid-column: 2 / -1;
      grid-row: 2;
      font-size: var(--hive-size-4);
    }
    .status {
      grid-column: 2 / 5;
      grid-row: 1;
    }
    .id {
      grid-column: 5 / -1;
      grid-row: 1;
      justify-self: end;
      white-space: nowrap;
    }
    .started,
    .took,
    .events,
    .errors {
      grid-row: 3;
      text-align: start;
    }
    .took i {
      display: none;
    }
    .work {
      grid-column: 2 / -1;
      grid-row: 4;
    }
  }
`;
