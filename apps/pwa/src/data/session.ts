/** Under which name this browser keeps what it says with each unsafe request. */
export const csrfKey = 'hive-csrf';

/** The header that every unsafe request carries; empty before this browser was paired. */
export const csrfHeader = (): Record<string, string> => {
  const token = localStorage.getItem(csrfKey);
  return token === null ? {} : { 'x-hive-csrf': token };
};

/** The one-time code of a link that ends with `#pair=CODE`, or null. */
export const pairingCode = (fragment: string): string | null => {
  const code = new URLSearchParams(fragment.replace(/^#/, '')).get('pair');
  return code === null || code === '' ? null : code;
};
