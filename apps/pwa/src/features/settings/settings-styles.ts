import { css } from 'lit';
import { stack } from '../../ui/stack.ts';

/** What the sections of Settings share. */
export const settingsStyles = css`
  ${stack(4)}
  section {
    display: grid;
    gap: var(--hive-space-3);
    padding: var(--hive-space-4);
  }
  section > p,
  li p {
    max-inline-size: 72ch;
    overflow-wrap: anywhere;
  }
  fieldset {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--hive-space-2) var(--hive-space-4);
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0;
    margin-block-end: var(--hive-space-1);
    color: var(--hive-muted);
    font-size: var(--hive-size-1);
  }
  label {
    display: inline-flex;
    align-items: center;
    gap: var(--hive-space-2);
    min-block-size: var(--hive-target);
  }
  input[type='radio'],
  input[type='checkbox'] {
    min-block-size: 0;
    inline-size: 16px;
    block-size: 16px;
    margin: 0;
    accent-color: var(--hive-accent);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--hive-space-2);
  }
  ul {
    display: grid;
    gap: 0;
  }
  li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--hive-space-2) var(--hive-space-3);
    padding-block: var(--hive-space-2);
    border-block-start: 1px solid var(--hive-border);
  }
  li .grow {
    flex: 1 1 220px;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
  dl {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: var(--hive-space-1) var(--hive-space-4);
  }
  dt {
    color: var(--hive-muted);
  }
  dd {
    overflow-wrap: anywhere;
  }
`;
