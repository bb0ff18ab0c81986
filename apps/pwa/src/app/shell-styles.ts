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
  nav {
    display: grid;
    gap: 2px;
  }
  nav a {
    display: flex;
    align-items: center;
    gap: var(--hive-space-3);
    min-block-size: 36px;
    padding-inline: var(--hive-space-2);
    border-radius: var(--hive-radius-1);
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
  hive-connection {
    margin-block-start: auto;
    padding-inline: var(--hive-space-2);
  }
  main {
    padding: var(--hive-space-5) var(--hive-space-6) var(--hive-space-6);
    outline: none;
  }
  main > * {
    max-inline-size: 1280px;
    margin-inline: auto;
  }
  main > h1 {
    margin-block-end: var(--hive-space-3);
  }
  main > p {
    margin-block-end: var(--hive-space-3);
  }
  .toasts {
    position: fixed;
    inset-block-end: var(--hive-space-4);
    inset-inline: 0;
    z-index: 9;
    display: grid;
    justify-items: center;
    pointer-events: none;
  }
  .toast {
    pointer-events: auto;
    display: flex;
    align-items: center;
    gap: var(--hive-space-2);
    padding: var(--hive-space-2) var(--hive-space-2) var(--hive-space-2) var(--hive-space-4);
    background: var(--hive-surface);
    border: 1px solid var(--hive-control);
    border-radius: var(--hive-radius-2);
    box-shadow: 0 4px 16px rgb(0 0 0 / 25%);
  }
  @media (max-width: 700px) {
    :host {
      display: block;
      padding-block-end: calc(60px + env(safe-area-inset-bottom));
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
    hive-connection {
      padding-inline: 0;
    }
    hive-connection {
      margin-block-start: 0;
    }
    nav {
      position: fixed;
      inset-block-end: 0;
      inset-inline: 0;
      z-index: 8;
      grid-auto-flow: column;
      grid-auto-columns: 1fr;
      padding-block: var(--hive-space-1);
      padding-block-end: calc(var(--hive-space-1) + env(safe-area-inset-bottom));
      background: var(--hive-surface);
      border-block-start: 1px solid var(--hive-border);
    }
    nav a {
      flex-direction: column;
      justify-content: center;
      gap: 2px;
      min-block-size: 52px;
      font-size: var(--hive-size-1);
    }
    nav a[aria-current] {
      background: none;
    }
    nav .icon {
      inline-size: 20px;
      block-size: 20px;
    }
    main {
      padding: var(--hive-space-4);
    }
    .toasts {
      inset-block-end: calc(72px + env(safe-area-inset-bottom));
    }
  }
`;
