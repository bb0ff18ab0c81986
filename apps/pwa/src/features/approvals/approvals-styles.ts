import { css } from 'lit';

/** The look of the approvals page: list and request side by side, on a phone one request at a time. */
export const approvalsStyles = css`
  :host {
    display: block;
  }
  .banner {
    display: flex;
    align-items: center;
    gap: var(--hive-space-2);
    padding: var(--hive-space-2) var(--hive-space-3);
    margin-block-end: var(--hive-space-3);
    border: 1px solid var(--hive-waiting);
    border-radius: var(--hive-radius-1);
    color: var(--hive-waiting);
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(220px, 300px) minmax(0, 1fr);
    gap: var(--hive-space-5);
    align-items: start;
  }
  nav {
    display: grid;
    gap: var(--hive-space-2);
  }
  nav ul {
    display: grid;
    gap: 2px;
  }
  nav li {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-items: center;
    gap: var(--hive-space-1);
  }
  nav li > a:only-child {
    grid-column: 1 / -1;
  }
  nav input {
    inline-size: 20px;
    block-size: 20px;
    margin: var(--hive-space-1);
    accent-color: var(--hive-accent);
  }
  hive-decide-many {
    position: sticky;
    inset-block-start: var(--hive-space-2);
    z-index: 3;
    margin-block-end: var(--hive-space-3);
  }
  nav a {
    display: grid;
    gap: 2px;
    padding: var(--hive-space-2);
    border-radius: var(--hive-radius-1);
    color: inherit;
    text-decoration: none;
    min-block-size: var(--hive-target);
  }
  nav a:hover {
    background: var(--hive-sunken);
  }
  nav a[aria-current] {
    background: var(--hive-surface);
    box-shadow: inset 3px 0 0 var(--hive-accent);
  }
  .what {
    overflow-wrap: anywhere;
  }
  summary {
    cursor: pointer;
    font-weight: 650;
    padding-block: var(--hive-space-2);
  }
  .one {
    display: grid;
    gap: var(--hive-space-3);
    min-inline-size: 0;
    background: var(--hive-surface);
    border: 1px solid var(--hive-border);
    border-radius: var(--hive-radius-2);
    padding: var(--hive-space-4) var(--hive-space-5) 0;
  }
  .one > h1 {
    padding-block-end: 0;
  }
  .one > p:last-child {
    padding-block-end: var(--hive-space-5);
  }
  .stepper {
    display: flex;
    align-items: center;
    gap: var(--hive-space-4);
  }
  .stepper span {
    flex: 1;
  }
  .stepper a {
    display: inline-flex;
    align-items: center;
    min-block-size: var(--hive-target);
  }
  @media (max-width: 800px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
    nav {
      order: 2;
    }
    .one {
      padding-inline: var(--hive-space-4);
    }
  }
`;
