import { errorTypes } from '@hive/events';
import { addressWith } from '../../app/address.ts';

/** Where the errors of the trace that is shown stand, each as a line: exactly those that it counts, without the beginnings of what failed later. */
export const errorsAddress = (): string =>
  addressWith({ view: 'log', q: `status:failed type:${errorTypes.join(',')}`, sel: null, t: null });
