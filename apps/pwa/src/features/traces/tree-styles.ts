import { css } from 'lit';

export const treeStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-2);
    overflow-anchor: none;
  }
  .tools {
    display: flex;
    align-items: center;
    gap: var(--hive-space-2);
  }
  .space {
    flex: 1;
  }
  .grid {
    overflow: clip;
  }
  .row {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 68px minmax(90px, 26%);
    align-items: center;
    gap: var(--hive-space-3);
    block-size: 28px;
    padding-inline: var(--hive-space-2) var(--hive-space-4);
    cursor: pointer;
  }
  .row:hover {
    background: color-mix(in srgb, var(--hive-sunken) 60%, transparent);
  }
  .row:focus-visible {
    outline-offset: -2px;
  }
  .selected,
  .selected:hover {
    background: color-mix(in srgb, var(--hive-accent) 14%, transparent);
  }
  .name {
    display: flex;
    align-items: center;
    gap: 6px;
    min-inline-size: 0;
  }
  .mark {
    display: grid;
    flex: none;
  }
  .texts {
    display: flex;
    align-items: baseline;
    gap: var(--hive-space-2);
    min-inline-size: 0;
  }
  .type {
    flex: none;
    font-size: var(--hive-size-1);
    color: var(--hive-muted);
  }
  .type b {
    color: var(--hive-text);
  }
  .words {
    min-inline-size: 0;
  }
  .head .words {
    font-weight: 600;
  }
  .caret {
    flex: none;
    display: grid;
    place-items: center;
    inline-size: 20px;
    block-size: 24px;
    color: var(--hive-muted);
  }
  .caret .icon {
    inline-size: 12px;
    block-size: 12px;
    transition: transform var(--hive-motion);
  }
  .caret.down .icon {
    transform: rotate(90deg);
  }
  .offset {
    text-align: end;
    white-space: nowrap;
  }
  @media (max-width: 700px) {
    .row {
      grid-template-columns: minmax(0, 1fr) auto;
      gap: var(--hive-space-2);
      block-size: 48px;
      padding-inline: var(--hive-space-1) var(--hive-space-3);
    }
    .bar {
      display: none;
    }
    .name {
      font-size: var(--hive-size-2);
    }
    .texts {
      display: grid;
      gap: 0;
    }
    .type {
      overflow: hidden;
      text-overflow: ellipsis;
    }
    .caret {
      block-size: 44px;
    }
  }
`;
