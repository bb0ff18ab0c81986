import { css } from 'lit';

/** Desk: a rail at the left. Phone: a bar at the bottom, where the thumb is. */
export const shellStyles = css`
  :host {
    display: grid;
    grid-template-columns: 200px minmax(0, 1fr);
    min-block-size: 100dvh;
  }
  .skip {
    position: fixed;
    inset-block-start: var(--hive-space-2);
    inset-inline-start: var(--hive-space-2);
    z-index: 10;
    padding: var(--hive-space-2) var(--hive-space-3);
    background: var(--hive-surface);
    border-radius: var(--hive-radius-1);
    clip-path: inset(50%);
  }
  .skip:focus {
    clip-path: none;
  }
  header {
    position: sticky;
    inset-block-start: 0;
    block-size: 100dvh;
    display: flex;
    flex-direction: column;
    gap: var(--hive-space-5);
    padding: var(--hive-space-4) var(--hive-space-3);
    border-inline-end: 1px solid var(--hive-border);
    background: var(--hive-surface);
  }
  .brand {
    display: flex;
    align-items: center;
    gap: var(--hive-space-2);
    padding-inline: var(--hive-space-2);
    font-size: var(--hive-size-4);
    color: inherit;
    text-decoration: none;
  }
  .rail {
    display: grid;
    gap: 2px;
  }
  .below {
    gap: var(--hive-space-2);
  }
  /* What comes late grows into the free space above it, and moves nothing. */
  hive-budget {
    margin-block-start: auto;
  }
  .below button {
    justify-content: flex-start;
  }
  nav a,
  nav button {
    position: relative;
    display: flex;
    align-items: center;
    gap: var(--hive-space-3);
    min-block-size: max(36px, var(--hive-target));
    padding-inline: var(--hive-space-2);
    border: 0;
    border-radius: var(--hive-radius-1);
    background: none;
    color: var(--hive-muted);
    text-decoration: none;
  }
  nav a:hover {
    background: var(--hive-sunken);
  }
  nav a[aria-current] {
    background: var(--hive-sunken);
    color: var(--hive-text);
    font-weight: 600;
  }
  nav a[aria-current] .icon {
    color: var(--hive-accent);
  }
  .badge {
    margin-inline-start: auto;
    min-inline-size: 20px;
    padding-inline: 6px;
    border-radius: 10px;
    background: var(--hive-waiting);
    color: var(--hive-surface);
    font-size: var(--hive-size-1);
    line-height: 20px;
    text-align: center;
  }
  .back,
  .bar {
    display: none;
  }
  hive-budget,
  hive-connection {
    padding-inline: var(--hive-space-2);
  }
  main {
    padding: var(--hive-space-5) var(--hive-space-6) 96px;
    outline: none;
  }
  main > * {
    max-inline-size: 1280px;
    margin-inline: auto;
  }
  main > :is(h1, p) {
    margin-block-end: var(--hive-space-3);
  }
  @media (max-width: 700px) {
    :host {
      display: block;
      padding-block-end: calc(60px + env(safe-area-inset-bottom));
    }
    .brand {
      margin-inline-end: auto;
    }
    header {
      position: static;
      flex-direction: row;
      align-items: center;
      justify-content: space-between;
      block-size: 48px;
      padding: 0 var(--hive-space-4);
      border-inline-end: 0;
      border-block-end: 1px solid var(--hive-border);
    }
    .brand,
    hive-budget,
    hive-connection {
      padding-inline: 0;
    }
    hive-budget {
      margin: 0;
    }
    .rail {
      display: none;
    }
    .back {
      display: grid;
      place-items: center;
      inline-size: 44px;
      block-size: 44px;
      margin-inline: -16px -12px;
      color: inherit;
    }
    .bar {
      position: fixed;
      inset-block-end: 0;
      inset-inline: 0;
      z-index: 8;
      display: grid;
      grid-auto-flow: column;
      grid-auto-columns: minmax(0, 1fr);
      padding-block: var(--hive-space-1);
      padding-block-end: calc(var(--hive-space-1) + env(safe-area-inset-bottom));
      padding-inline: env(safe-area-inset-left) env(safe-area-inset-right);
      background: var(--hive-surface);
      border-block-start: 1px solid var(--hive-border);
    }
    nav a,
    nav button {
      flex-direction: column;
      justify-content: center;
      gap: 2px;
      min-block-size: 52px;
      font-size: var(--hive-size-1);
    }
    nav a[aria-current] {
      background: none;
    }
    .badge {
      position: absolute;
      inset-block-start: 0;
      inset-inline-start: calc(50% + 4px);
      margin: 0;
      line-height: 18px;
    }
    nav .icon {
      inline-size: 20px;
      block-size: 20px;
    }
    main {
      padding: var(--hive-space-4) var(--hive-space-4) 72px;
    }
  }
`;
