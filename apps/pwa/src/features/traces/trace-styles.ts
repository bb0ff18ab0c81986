import { css } from 'lit';
import { stack } from '../../ui/stack.ts';

export const traceStyles = css`
  ${stack(5)}
  hive-trace-verbs {
    min-block-size: var(--hive-target);
  }
  section {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-2);
  }
  .events {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-4);
    align-items: start;
  }
  .leaving {
    visibility: hidden;
  }
  @media (max-width: 700px) {
    :host {
      gap: var(--hive-space-3);
    }
  }
  @media (min-width: 1024px) {
    .with-details {
      grid-template-columns: minmax(0, 1fr) auto;
    }
    hive-event-details {
      inline-size: var(--panel, 380px);
      position: sticky;
      inset-block-start: var(--hive-space-4);
    }
  }
  @media (max-width: 1023px) {
    /* The last rows can be scrolled above the sheet. */
    .with-details {
      padding-block-end: 30dvh;
    }
    hive-event-details {
      position: fixed;
      inset-inline: 0;
      inset-block-end: 0;
      z-index: 9;
    }
  }
`;
