import type { Delivery } from '../port.ts';
import type { Mirror } from './mirror.ts';

/**
 * Where a merge is handed to, after the branch has moved in the mirror: the branch in the user's repository, a named branch there; a pull request is
 * another. `where` is what of the delivery names it. What every place keeps is in `testing/delivery-contract.ts`.
 */
export type DeliveryPlace<Where> = {
  /**
   * Hands over `delivery.to` with all before it, and moves nothing back or aside. Asks first what has been done: it is called again after every interruption,
   * with the same delivery, also when later ones have been made. Answers `moved` when it is there, or the sentence for a person that says why it was
   * left alone and how to take it. Throws `branch.checked_out` to be asked again later, `infra.git` where work must not go on.
   */
  deliver(mirror: Mirror, where: Where, delivery: Delivery): Promise<string>;
};

/** The answer of a place where what was delivered is now. */
export const isThere = 'moved';
