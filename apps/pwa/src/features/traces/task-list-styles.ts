import { css } from 'lit';

export const taskListStyles = css`
  .legend {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 5px;
  }
  .legend i {
    inline-size: 10px;
    block-size: 10px;
    margin-inline-start: var(--hive-space-2);
    border-radius: 2px;
  }
  :host {
    display: block;
  }
  li {
    border-block-start: 1px solid var(--hive-border);
  }
  li:first-child {
    border-block-start: 0;
  }
  summary {
    display: grid;
    grid-template-columns: 122px minmax(0, 7fr) 100px minmax(0, 5fr) minmax(90px, 3fr) 52px;
    align-items: center;
    gap: var(--hive-space-3);
    padding: 7px var(--hive-space-4);
    cursor: pointer;
    list-style: none;
  }
  summary::-webkit-details-marker {
    display: none;
  }
  summary:hover {
    background: color-mix(in srgb, var(--hive-sunken) 60%, transparent);
  }
  details[open] > summary {
    background: var(--hive-sunken);
  }
  .name,
  .proof {
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .title {
    margin-inline-start: var(--hive-space-1);
  }
  .active {
    text-align: end;
  }
  .more {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-3);
    padding: var(--hive-space-4);
  }
  .why,
  .said {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .why {
    border-inline-start: 3px solid var(--hive-failed);
    padding-inline-start: var(--hive-space-3);
  }
  h3 {
    font-size: var(--hive-size-2);
  }
  .findings {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    overflow-wrap: anywhere;
    gap: var(--hive-space-2);
  }
  .findings li {
    border: 0;
  }
  .commands {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--hive-space-2);
  }
  @media (max-width: 900px) {
    summary {
      grid-template-columns: minmax(0, 1fr) auto;
      gap: 4px var(--hive-space-3);
      padding: var(--hive-space-3);
    }
    .name,
    .proof,
    hive-phase-bar {
      grid-column: 1 / -1;
    }
    .name {
      grid-row: 2;
      white-space: normal;
    }
    .title {
      display: block;
      margin-inline-start: 0;
    }
    .proof {
      grid-row: 3;
      white-space: normal;
    }
    hive-phase-bar {
      grid-row: 4;
    }
    .author {
      max-inline-size: 44vw;
      grid-row: 1;
      grid-column: 2;
    }
    .active {
      display: none;
    }
  }
`;
