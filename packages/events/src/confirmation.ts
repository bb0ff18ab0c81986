import type { ApprovalSummary } from './approval-api.ts';

/**
 * What a person types to agree to an action that cannot be taken back: the name of the branch that it ends on, which they find in what is shown.
 * Null where nothing has to be typed.
 */
export const confirmationOf = ({ tier, document }: Pick<ApprovalSummary, 'tier' | 'document'>): string | null =>
  tier === 'T3' && document !== null ? (document.into ?? document.branch) : null;

/** Whether a person is the one that a request names: as they are, or at whatever machine they sit. */
export const isNamed = (by: string, named: string): boolean => by === named || by.startsWith(`${named}@`);
