/** A decision that was taken on this device and has not been recorded yet, as far as this device knows. */
export type QueuedDecision = {
  /** Made once, at the tap: however often it is sent, it is one decision. */
  readonly key: string;
  readonly approvalId: string;
  readonly decision: 'approve' | 'deny';
  readonly reason?: string;
  /** What the person typed to agree to what cannot be taken back. */
  readonly confirm?: string;
  /** The hash of what was shown. */
  readonly actionHash: string;
  /** When it was decided, and until when it may be sent (ms since 1970). */
  readonly decidedAt: number;
  readonly expiresAt: number;
  /** What Hive said when it was sent and cannot take effect; null while it waits. */
  readonly refused: { readonly code: string; readonly message: string } | null;
};
