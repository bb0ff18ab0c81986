/** Fired on window after the address changed within the app. */
export const addressChanged = 'hive-address';

/** Goes to an address of the app. `replace` for what Back should not return to, such as a filter being typed. */
export const goTo = (address: string, options: { readonly replace?: boolean } = {}): void => {
  if (options.replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  dispatchEvent(new Event(addressChanged));
};

/** The present address with these search parameters set, or removed where the value is null. */
export const addressWith = (changes: Readonly<Record<string, string | null>>, from: string = location.href): string => {
  const url = new URL(from);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return `${url.pathname}${url.search}`;
};
