import { css } from 'lit';
import { verbatim } from '../../ui/verbatim.ts';

export const lettersStyles = css`
  :host,
  .more {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-3);
  }
  .tools,
  .verbs {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--hive-space-2);
  }
  .tools span {
    flex: 1;
  }
  li + li {
    border-block-start: 1px solid var(--hive-border);
  }
  summary {
    display: grid;
    grid-template-columns: 110px minmax(0, 1.2fr) minmax(0, 2fr) auto auto;
    align-items: baseline;
    gap: var(--hive-space-1) var(--hive-space-4);
    padding: var(--hive-space-3) var(--hive-space-4);
    cursor: pointer;
    list-style: none;
  }
  summary::-webkit-details-marker {
    display: none;
  }
  summary:hover {
    background: var(--hive-sunken);
  }
  .more {
    padding: 0 var(--hive-space-4) var(--hive-space-4);
  }
  .more p,
  .more li {
    overflow-wrap: anywhere;
  }
  h3 {
    font-size: var(--hive-size-2);
  }
  ${verbatim}
  pre {
    max-block-size: 320px;
  }
  .more li + li {
    border: 0;
  }
  @media (max-width: 700px) {
    .tools span {
      flex-basis: 100%;
    }
    summary {
      grid-template-columns: minmax(0, 1fr) auto;
    }
    summary .error {
      grid-column: 1 / -1;
    }
  }
`;
