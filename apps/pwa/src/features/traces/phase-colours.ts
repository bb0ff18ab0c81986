import { css } from 'lit';

/** What a stretch of time looks like, in the bars and in their legend. A person is hatched: nothing runs meanwhile. */
export const phaseColours = css`
  .model {
    background: var(--hive-model);
  }
  .command {
    background: var(--hive-command);
  }
  .check {
    background: var(--hive-running);
  }
  .review {
    background: var(--hive-idle);
  }
  .merge {
    background: var(--hive-ok);
  }
  .person {
    background: repeating-linear-gradient(45deg, var(--hive-waiting) 0 3px, transparent 3px 6px);
  }
`;
