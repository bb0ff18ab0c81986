import { css } from 'lit';
import { stack } from '../../ui/stack.ts';

/** Lines of the report are as high as rows of a list, to be hit without hitting their neighbours. */
export const homeStyles = css`
  ${stack(4)}
  .figures {
    display: grid;
    grid-template-columns: repeat(4, minmax(0, 1fr));
    gap: var(--hive-space-3);
  }
  .figures a {
    color: inherit;
    text-decoration: none;
  }
  .figures li {
    display: grid;
    padding: var(--hive-space-3) var(--hive-space-4);
  }
  .asks,
  .agents {
    display: flex;
    align-items: center;
    gap: var(--hive-space-2) var(--hive-space-4);
    min-block-size: 52px;
    padding: var(--hive-space-2) var(--hive-space-4);
    color: inherit;
    text-decoration: none;
  }
  .asks .one-line {
    flex: 1;
    min-inline-size: 0;
  }
  .report a {
    padding-block: calc((var(--hive-row) - 1.4em) / 2);
    text-decoration-color: var(--hive-border);
  }
  .report a:not(.muted) {
    color: inherit;
  }
  .asks:hover,
  .agents:hover {
    border-color: var(--hive-control);
  }
  .figures b {
    font-size: var(--hive-size-6);
    line-height: 1.2;
    font-weight: 600;
  }
  .report {
    display: grid;
    padding: var(--hive-space-2) var(--hive-space-4);
  }
  .agents > .one-line {
    max-inline-size: 38ch;
  }
  .agents,
  .counts {
    flex-wrap: wrap;
  }
  .counts {
    display: flex;
    gap: var(--hive-space-1) var(--hive-space-4);
  }
  .counts span {
    display: inline-flex;
    gap: var(--hive-space-1);
  }
  section,
  section ul {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-2);
  }
  section {
    margin-block-start: var(--hive-space-2);
  }
  @media (max-width: 700px) {
    .figures {
      grid-template-columns: repeat(2, minmax(0, 1fr));
      gap: var(--hive-space-2);
    }
    .asks {
      flex-wrap: wrap;
    }
    .asks .one-line {
      flex-basis: 100%;
      white-space: normal;
      overflow-wrap: anywhere;
    }
    .figures li {
      padding: var(--hive-space-2) var(--hive-space-3);
    }
  }
`;
