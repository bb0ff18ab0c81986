import type { ApprovalSummary } from '@hive/events';
import type { QueuedDecision } from './queued-decision.ts';

/** What came of sending a decision. `later`: nobody answered, or not now; it may be sent again. */
export type Sent =
  | { readonly outcome: 'recorded'; readonly approval: ApprovalSummary }
  | { readonly outcome: 'refused'; readonly code: string; readonly message: string }
  | { readonly outcome: 'later' };

/** What may be otherwise the next time: not paired, too many requests, a server in trouble. */
const isPassing = (status: number): boolean => status === 401 || status === 408 || status === 429 || status >= 500;

const timeoutMs = 20_000;

/** Sends a decision under its key; a page and the service worker do it alike. Never throws. */
export const sendDecision = async (
  { key, approvalId, decision, reason, confirm, actionHash }: QueuedDecision,
  { csrf, send = fetch.bind(globalThis) }: { readonly csrf: string | null; readonly send?: typeof fetch },
): Promise<Sent> => {
  try {
    const response = await send(`/api/v1/approvals/${encodeURIComponent(approvalId)}/decide`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key,
        ...(csrf !== null && { 'x-hive-csrf': csrf }),
      },
      body: JSON.stringify({
        ...{ decision, actionHash },
        ...(reason !== undefined && { reason }),
        ...(confirm !== undefined && { confirm }),
      }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (isPassing(response.status)) return { outcome: 'later' };
    const answer: unknown = await response.json();
    // The server validated it with the schema that the type is inferred from.
    if (response.ok) return { outcome: 'recorded', approval: answer as ApprovalSummary };
    const { code = 'internal', detail = `Hive answered ${response.status}` } = answer as Record<string, string>;
    return { outcome: 'refused', code, message: detail };
  } catch {
    return { outcome: 'later' };
  }
};
