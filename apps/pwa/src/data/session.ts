const key = 'hive-csrf';

/** The header that every unsafe request carries; empty before this browser was paired. */
export const csrfHeader = (): Record<string, string> => {
  const token = localStorage.getItem(key);
  return token === null ? {} : { 'x-hive-csrf': token };
};

/** The one-time code of a link that ends with `#pair=CODE`, or null. */
export const pairingCode = (fragment: string): string | null => {
  const code = new URLSearchParams(fragment.replace(/^#/, '')).get('pair');
  return code === null || code === '' ? null : code;
};

/** What came of handing in a code. */
export type Pairing = { readonly paired: true } | { readonly paired: false; readonly reason: string };

/** Exchanges a one-time code for the session of this browser. A code works once and for a short time. */
export const pair = async (code: string, send: typeof fetch = fetch.bind(globalThis)): Promise<Pairing> => {
  try {
    const response = await send('/api/v1/pair', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    const answer = (await response.json().catch(() => ({}))) as { csrf?: string; detail?: string };
    if (!response.ok) return { paired: false, reason: answer.detail ?? 'The link was used before or is too old.' };
    if (answer.csrf !== undefined) localStorage.setItem(key, answer.csrf);
    return { paired: true };
  } catch {
    return { paired: false, reason: 'Hive does not answer.' };
  }
};
