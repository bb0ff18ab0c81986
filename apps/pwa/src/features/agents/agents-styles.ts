import { css } from 'lit';
import { stack } from '../../ui/stack.ts';

export const agentsStyles = css`
  ${stack(4)}
  section {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-2);
  }
  h2 .small {
    font-weight: 400;
  }
  .wide-table {
    overflow-x: auto;
  }
  table {
    inline-size: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    padding: var(--hive-space-2) var(--hive-space-3);
    text-align: start;
    vertical-align: middle;
    border-block-start: 1px solid var(--hive-border);
  }
  thead th {
    border-block-start: 0;
    color: var(--hive-muted);
    font-size: var(--hive-size-1);
    font-weight: 500;
    white-space: nowrap;
  }
  tbody th {
    font-weight: 600;
  }
  .role {
    display: block;
    font-weight: 400;
  }
  .now {
    max-inline-size: 320px;
    overflow-wrap: anywhere;
  }
  .boxes {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr));
    gap: var(--hive-space-3);
    align-items: start;
  }
  meter {
    inline-size: 120px;
    vertical-align: middle;
  }
  .sleeping {
    block-size: 52px;
    border-radius: var(--hive-radius-2);
    background: var(--hive-sunken);
  }
  @media (max-width: 700px) {
    thead {
      position: absolute;
      clip-path: inset(50%);
    }
    tr {
      display: grid;
      grid-template-columns: 1fr auto;
      gap: 2px var(--hive-space-3);
      padding: var(--hive-space-3);
      border-block-start: 1px solid var(--hive-border);
    }
    tbody tr:first-child {
      border-block-start: 0;
    }
    th,
    td {
      padding: 0;
      border: 0;
    }
    .beat::before {
      content: 'beat ';
    }
    .beat {
      text-align: end;
    }
    .full {
      grid-column: 1 / -1;
    }
    .now {
      max-inline-size: none;
    }
    .gone-on-phone {
      display: none;
    }
  }
`;
