import { addressWith } from '../../app/address.ts';

/** The events that tell of something gone wrong, each always but for a call, which does where it failed. */
const types = [
  ...['attempt_failed', 'lease_expired', 'refused', 'failed', 'blocked', 'dead_lettered'].map((it) => `task.${it}`),
  ...['workflow.plan_failed', 'workflow.failed', 'merge.rejected', 'model.called', 'budget.exhausted'],
  'system.alert_raised',
];

/** Where the errors of the trace that is shown stand, each as a line: exactly those that it counts, without the beginnings of what failed later. */
export const errorsAddress = (): string =>
  addressWith({ view: 'log', q: `status:failed type:${types.join(',')}`, sel: null, t: null });
