import { css } from 'lit';

export const traceStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--hive-space-5);
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
  @media (min-width: 1024px) {
    .with-details {
      grid-template-columns: minmax(0, 1fr) 380px;
    }
    hive-event-details {
      position: sticky;
      inset-block-start: var(--hive-space-4);
    }
  }
  @media (max-width: 1023px) {
    hive-event-details {
      position: fixed;
      inset-inline: 0;
      inset-block-end: 0;
      z-index: 9;
    }
  }
`;
