import { css } from 'lit';

export const newStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 720px);
    gap: var(--hive-space-4);
  }
  form,
  .fields,
  section {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-4);
  }
  hive-repo-checks {
    display: block;
  }
  .pair {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: var(--hive-space-4);
  }
  .field {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    gap: var(--hive-space-1);
  }
  .field > label,
  legend {
    font-weight: 600;
  }
  input:not([type='checkbox'], [type='radio']),
  select,
  textarea {
    inline-size: 100%;
    min-block-size: max(36px, var(--hive-target));
  }
  textarea {
    font: inherit;
    color: inherit;
    background: var(--hive-surface);
    border: 1px solid var(--hive-control);
    border-radius: var(--hive-radius-1);
    padding: var(--hive-space-2) var(--hive-space-3);
    resize: vertical;
  }
  textarea.mono,
  #repo {
    font-family: var(--hive-mono);
    font-size: 0.93em;
  }
  [aria-invalid='true'] {
    border-color: var(--hive-failed);
  }
  p {
    overflow-wrap: anywhere;
  }
  .panel {
    display: grid;
    gap: var(--hive-space-2);
    padding: var(--hive-space-3) var(--hive-space-4);
  }
  .commands li {
    padding-block: 2px;
    overflow-wrap: anywhere;
  }
  details > summary {
    cursor: pointer;
    min-block-size: max(36px, var(--hive-target));
    align-content: center;
    font-weight: 600;
  }
  /* What stands in details inherits from a part of the browser's own. */
  details > * {
    box-sizing: border-box;
  }
  .check {
    display: flex;
    align-items: center;
    gap: var(--hive-space-2);
    min-block-size: max(28px, var(--hive-target));
  }
  .check input {
    min-block-size: 0;
    inline-size: 16px;
    block-size: 16px;
    padding: 0;
  }
  fieldset {
    display: flex;
    flex-wrap: wrap;
    gap: var(--hive-space-2) var(--hive-space-4);
    margin: 0;
    padding: 0;
    border: 0;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--hive-space-2);
  }
  .looked {
    min-block-size: 96px;
    align-content: start;
  }
  .queued li {
    display: grid;
    gap: var(--hive-space-1);
    padding-block: var(--hive-space-2);
    border-block-start: 1px solid var(--hive-border);
  }
  @media (max-width: 700px) {
    .pair {
      grid-template-columns: minmax(0, 1fr);
    }
    .looked {
      min-block-size: 148px; /* as many lines as mostly come */
    }
    .row.send button {
      flex: 1;
      min-block-size: 44px;
    }
  }
`;
