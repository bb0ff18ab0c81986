import { css } from 'lit';

export const homeStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-4);
  }
  .figures {
    display: grid;
    grid-template-columns: repeat(4, minmax(0, 1fr));
    gap: var(--hive-space-3);
  }
  .figures a {
    display: grid;
    padding: var(--hive-space-3) var(--hive-space-4);
    color: inherit;
    text-decoration: none;
  }
  .figures a:hover,
  .agents:hover {
    border-color: var(--hive-control);
  }
  .figures b {
    font-size: var(--hive-size-6);
    line-height: 1.2;
    font-weight: 600;
  }
  .agents {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--hive-space-1) var(--hive-space-5);
    padding: var(--hive-space-3) var(--hive-space-4);
    color: inherit;
    text-decoration: none;
  }
  .report {
    display: grid;
    gap: var(--hive-space-1);
    padding: var(--hive-space-3) var(--hive-space-4);
  }
  .agents > .one-line {
    max-inline-size: 38ch;
  }
  .counts {
    display: flex;
    flex-wrap: wrap;
    gap: var(--hive-space-1) var(--hive-space-4);
  }
  .counts span {
    display: inline-flex;
    gap: var(--hive-space-1);
  }
  section,
  section ul {
    display: grid;
    gap: var(--hive-space-2);
  }
  section {
    margin-block-start: var(--hive-space-2);
  }
  h2 .small {
    font-weight: 400;
    margin-inline-start: var(--hive-space-1);
  }
  @media (max-width: 700px) {
    .figures {
      grid-template-columns: repeat(2, minmax(0, 1fr));
      gap: var(--hive-space-2);
    }
    .figures a {
      padding: var(--hive-space-2) var(--hive-space-3);
    }
    h2 .small {
      display: block;
      margin-inline-start: 0;
    }
  }
`;
