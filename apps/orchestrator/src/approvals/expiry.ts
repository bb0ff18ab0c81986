import type { Bus } from '@hive/bus';
import type { Head } from '@hive/core-db';
import { hasCode } from '@hive/errors';
import type { ApprovalView } from '@hive/events';

const many = 10_000;

/** Ends the requests that nobody decided, and the decisions that nobody used, when their time is over. Survives everything: all it knows is in the log. */
export type ApprovalExpiry = {
  /** How many ended now. */
  look(): Promise<number>;
};

/** The expiry over a store. Any number of processes may look: a request ends once. */
export const createApprovalExpiry = ({ store, command }: Pick<Bus, 'store' | 'command'>): ApprovalExpiry => {
  const expire = async (head: Head, { id, actionHash }: ApprovalView): Promise<number> => {
    try {
      const data = { approvalId: id, actionHash };
      const { stream, correlationId } = head;
      await command({ on: stream, correlationId, events: [{ type: 'approval.expired', stream, data }] });
      return 1;
    } catch (error) {
      if (hasCode(error, 'transition.refused')) return 0; // decided, used or ended by somebody else meanwhile
      throw error;
    }
  };

  return {
    look: async () => {
      const heads = await store.listHeads({ kind: 'approval', states: ['open', 'approved'], limit: many });
      if (heads.length === 0) return 0;
      const now = await store.now();
      let ended = 0;
      for (const head of heads) {
        const view = head.view as ApprovalView; // heads of kind approval
        if (view.expiresAt <= now) ended += await expire(head, view);
      }
      return ended;
    },
  };
};
