import { css } from 'lit';

export const healthStyles = css`
  :host,
  section {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-3);
  }
  .top {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: var(--hive-space-2);
  }
  .problems li {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: 2px var(--hive-space-3);
    align-items: center;
    padding: var(--hive-space-3) var(--hive-space-4);
    overflow-wrap: anywhere;
  }
  .problems li + li {
    border-block-start: 1px solid var(--hive-border);
  }
  .problems .next {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: end;
    gap: var(--hive-space-2) var(--hive-space-3);
  }
  .problems .seen {
    display: block;
  }
  @media (max-width: 700px) {
    .problems .next {
      grid-column: 2 / -1;
      justify-content: start;
    }
  }
  .well {
    display: flex;
    align-items: center;
    gap: var(--hive-space-2);
    padding: var(--hive-space-3) var(--hive-space-4);
    font-weight: 600;
  }
  .tiles {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
    gap: var(--hive-space-2);
  }
  .tiles > div {
    display: grid;
    align-content: start;
    min-block-size: 74px;
    padding: var(--hive-space-2) var(--hive-space-3);
    overflow-wrap: anywhere;
  }
  .tiles dt {
    font-size: var(--hive-size-1);
    color: var(--hive-muted);
  }
  .tiles b {
    font-size: var(--hive-size-5);
    font-weight: 600;
  }
  /* Figures that stand over each other can be hit one by one. */
  .tiles dd.small {
    line-height: 24px;
    margin-block-start: 2px;
  }
  .tiles b a {
    color: inherit;
    text-decoration: underline dotted;
    text-underline-offset: 3px;
  }
  .columns {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 440px), 1fr));
    gap: var(--hive-space-4);
    align-items: start;
  }
  .wide-table {
    overflow-x: auto;
  }
  table {
    inline-size: 100%;
    border-collapse: collapse;
    font-size: var(--hive-size-2);
  }
  th,
  td {
    padding: var(--hive-space-2) var(--hive-space-3);
    text-align: start;
    border-block-start: 1px solid var(--hive-border);
  }
  tbody th {
    font-weight: 600;
  }
  thead th {
    border-block-start: 0;
    color: var(--hive-muted);
    font-size: var(--hive-size-1);
    font-weight: 500;
    white-space: nowrap;
  }
  .chart {
    padding: var(--hive-space-3) var(--hive-space-4);
    min-block-size: 180px;
  }
  .switch {
    display: flex;
    gap: var(--hive-space-2);
  }
`;
