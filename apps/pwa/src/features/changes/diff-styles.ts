import { css } from 'lit';

/** Lines of a diff: what came in and what went out by sign, colour and ground. */
export const diffStyles = css`
  :host {
    display: block;
    --added: color-mix(in srgb, var(--hive-ok) 14%, var(--hive-surface));
    --added-word: color-mix(in srgb, var(--hive-ok) 34%, var(--hive-surface));
    --removed: color-mix(in srgb, var(--hive-failed) 12%, var(--hive-surface));
    --removed-word: color-mix(in srgb, var(--hive-failed) 32%, var(--hive-surface));
  }
  .scroll {
    overflow-x: auto;
    font: var(--hive-size-1) / 20px var(--hive-mono);
    tab-size: 4;
  }
  .lines {
    inline-size: max-content;
    min-inline-size: max(100%, var(--widest, 0px));
  }
  .lines:focus-visible {
    outline-offset: -2px;
  }
  .line {
    display: flex;
    block-size: 20px;
    white-space: pre;
  }
  .number {
    flex: none;
    inline-size: 6ch;
    padding-inline-end: 1ch;
    text-align: end;
    color: var(--hive-muted);
    user-select: none;
    cursor: pointer;
  }
  .number.before {
    inline-size: 5ch;
  }
  .sign {
    flex: none;
    inline-size: 2ch;
    user-select: none;
  }
  .hunk {
    padding-inline-start: 12ch;
    color: var(--hive-muted);
    background: var(--hive-sunken);
  }
  .added {
    background: var(--added);
  }
  .removed {
    background: var(--removed);
  }
  .note {
    color: var(--hive-muted);
    font-style: italic;
  }
  mark {
    color: inherit;
    border-radius: 2px;
  }
  .added mark {
    background: var(--added-word);
  }
  .removed mark {
    background: var(--removed-word);
  }
  .chosen {
    box-shadow: inset 3px 0 var(--hive-accent);
    background: color-mix(in srgb, var(--hive-accent) 18%, var(--hive-surface));
  }
  .active {
    outline: 1px solid var(--hive-accent);
    outline-offset: -1px;
  }
  .more {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--hive-space-2) var(--hive-space-3);
    padding: var(--hive-space-2) var(--hive-space-3);
  }
  @media (max-width: 700px) {
    .number.before {
      display: none;
    }
    .hunk {
      padding-inline-start: 8ch;
    }
  }
  @media (forced-colors: active) {
    mark {
      text-decoration: underline;
    }
  }
`;
