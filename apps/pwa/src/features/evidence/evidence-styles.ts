import { css } from 'lit';
import { stack } from '../../ui/stack.ts';

export const evidenceStyles = css`
  ${stack(4)}
  h3 {
    font-size: var(--hive-size-2);
    font-weight: 600;
    margin-block-end: var(--hive-space-1);
  }
  .proof {
    display: flex;
    flex-wrap: wrap;
    gap: var(--hive-space-1) var(--hive-space-3);
  }
  .runs {
    overflow: clip;
  }
  .runs li + li {
    border-block-start: 1px solid var(--hive-border);
  }
  .run {
    display: grid;
    grid-template-columns: 16px minmax(0, 1fr) minmax(0, 10em) minmax(0, 11em) 5em;
    justify-content: stretch;
    align-items: baseline;
    gap: var(--hive-space-2);
    inline-size: 100%;
    padding-block: var(--hive-space-2);
    border: 0;
    border-radius: 0;
    background: none;
    text-align: start;
  }
  .run:focus-visible {
    outline-offset: -2px;
  }
  .caret .icon {
    inline-size: 12px;
    block-size: 12px;
  }
  [aria-expanded='true'] .caret .icon {
    transform: rotate(90deg);
  }
  .command {
    overflow-wrap: anywhere;
  }
  .took {
    text-align: end;
  }
  hive-output {
    padding: 0 var(--hive-space-3) var(--hive-space-3);
  }
  dl {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(240px, 1fr));
    gap: var(--hive-space-3) var(--hive-space-5);
  }
  dt {
    font-size: var(--hive-size-1);
    color: var(--hive-muted);
  }
  dd {
    overflow-wrap: anywhere;
  }
  .download {
    display: inline-flex;
    align-items: center;
    gap: var(--hive-space-2);
    min-block-size: var(--hive-target);
    margin-inline-end: var(--hive-space-2);
  }
  .commands {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-2);
  }
  .commands li {
    display: grid;
    justify-items: start;
    gap: 2px;
  }
  @media (max-width: 700px) {
    .run {
      grid-template-columns: 16px minmax(0, 1fr) auto;
    }
    .command {
      grid-column: 2 / -1;
    }
    .run > .small:nth-child(3) {
      grid-column: 2;
    }
    .run > :nth-child(4) {
      grid-column: 2;
    }
    .took {
      grid-column: 3;
      grid-row: 2;
    }
  }
`;
