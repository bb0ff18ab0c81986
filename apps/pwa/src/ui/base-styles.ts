import { css } from 'lit';

/** What every element of the control room shares: focus, links, buttons, panels and small words. */
export const baseStyles = css`
  :host {
    box-sizing: border-box;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  pre {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h1 {
    font-size: var(--hive-size-5);
    line-height: 1.25;
    font-weight: 650;
    overflow-wrap: anywhere;
  }
  h1:focus {
    outline: none;
  }
  h2 {
    font-size: var(--hive-size-3);
    font-weight: 650;
  }
  a {
    color: var(--hive-accent);
    text-underline-offset: 3px;
  }
  :focus-visible {
    outline: 2px solid var(--hive-accent);
    outline-offset: 2px;
    border-radius: var(--hive-radius-1);
  }
  button,
  select,
  input {
    font: inherit;
    color: inherit;
    background: var(--hive-surface);
    border: 1px solid var(--hive-control);
    border-radius: var(--hive-radius-1);
    min-block-size: var(--hive-target);
    padding-inline: var(--hive-space-3);
  }
  button {
    cursor: pointer;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: var(--hive-space-2);
    transition: background-color var(--hive-motion);
  }
  button.plain {
    border-color: transparent;
    background: none;
  }
  button:hover {
    background: var(--hive-sunken);
  }
  button[aria-pressed='true'] {
    background: var(--hive-text);
    border-color: var(--hive-text);
    color: var(--hive-bg);
  }
  button.primary {
    background: var(--hive-accent);
    border-color: var(--hive-accent);
    color: var(--hive-surface);
    font-weight: 600;
  }
  .icon {
    flex: none;
    inline-size: 16px;
    block-size: 16px;
  }
  .mono {
    font-family: var(--hive-mono);
    font-size: 0.93em;
  }
  .muted {
    color: var(--hive-muted);
  }
  .small {
    font-size: var(--hive-size-1);
  }
  .panel {
    background: var(--hive-surface);
    border: 1px solid var(--hive-border);
    border-radius: var(--hive-radius-2);
  }
  .tone-ok {
    color: var(--hive-ok);
  }
  .tone-running {
    color: var(--hive-running);
  }
  .tone-waiting {
    color: var(--hive-waiting);
  }
  .tone-failed {
    color: var(--hive-failed);
  }
  .tone-idle {
    color: var(--hive-idle);
  }
  .one-line {
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
