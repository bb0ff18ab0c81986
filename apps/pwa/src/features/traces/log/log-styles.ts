import { css } from 'lit';

export const logStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-2);
    overflow-anchor: none;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: var(--hive-space-2);
  }
  input {
    flex: 1 1 240px;
    min-inline-size: 0;
  }
  .lines {
    overflow: clip;
    font-family: var(--hive-mono);
    font-size: var(--hive-size-1);
  }
  .line {
    block-size: 28px;
  }
  .line:hover {
    background: color-mix(in srgb, var(--hive-sunken) 60%, transparent);
  }
  .selected,
  .selected:hover {
    background: color-mix(in srgb, var(--hive-accent) 14%, transparent);
  }
  a {
    display: grid;
    grid-template-columns: 76px 190px minmax(0, 1fr) minmax(0, 150px);
    align-items: center;
    gap: var(--hive-space-3);
    block-size: 100%;
    padding-inline: var(--hive-space-3);
    color: inherit;
    text-decoration: none;
  }
  a:focus-visible {
    outline-offset: -2px;
  }
  a > span {
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .at {
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  @media (max-width: 700px) {
    .line {
      block-size: 48px;
    }
    a {
      grid-template-columns: 64px minmax(0, 1fr);
      grid-template-rows: auto auto;
      align-content: center;
      gap: 0 var(--hive-space-2);
    }
    .words {
      grid-column: 2;
    }
    .actor {
      display: none;
    }
  }
`;
