import { css } from 'lit';

export const attemptStyles = css`
  :host {
    display: block;
  }
  ol {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-3);
  }
  .panel {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-2);
    padding: var(--hive-space-3) var(--hive-space-4);
  }
  .top {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--hive-space-1) var(--hive-space-3);
  }
  p,
  .after {
    overflow-wrap: anywhere;
  }
  .pre {
    white-space: pre-wrap;
  }
  .after li {
    min-block-size: max(24px, var(--hive-row));
    align-content: center;
  }
  .after a {
    display: inline-block;
    padding-block: 4px;
    color: inherit;
    text-decoration: underline dotted transparent;
  }
  .after a.tone-failed {
    color: var(--hive-failed);
  }
  .after a:hover,
  .after a:focus-visible {
    text-decoration-color: currentColor;
  }
  .next {
    border-inline-start: 3px solid var(--hive-control);
    padding-inline-start: var(--hive-space-3);
  }
  dl {
    display: flex;
    flex-wrap: wrap;
    gap: var(--hive-space-2) var(--hive-space-5);
  }
  dt {
    font-size: var(--hive-size-1);
    color: var(--hive-muted);
  }
  summary {
    min-block-size: 28px;
    cursor: pointer;
  }
  .turns {
    margin-block-start: var(--hive-space-2);
  }
  hive-turn {
    margin-block-start: var(--hive-space-1);
    padding-inline-start: var(--hive-space-3);
    border-inline-start: 1px solid var(--hive-border);
  }
`;
