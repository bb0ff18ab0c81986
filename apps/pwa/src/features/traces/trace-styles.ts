import { css } from 'lit';
import { phaseColours } from './phase-colours.ts';

export const traceStyles = css`
  ${phaseColours}
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
  .heading {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: var(--hive-space-1) var(--hive-space-4);
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 5px;
  }
  .legend i {
    inline-size: 10px;
    block-size: 10px;
    margin-inline-start: var(--hive-space-2);
    border-radius: 2px;
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
    /* The last rows can be scrolled above the sheet. */
    .with-details {
      padding-block-end: 62dvh;
    }
    hive-event-details {
      position: fixed;
      inset-inline: 0;
      inset-block-end: 0;
      z-index: 9;
    }
  }
`;
