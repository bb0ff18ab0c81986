// Apart from the schemas, so that a page that only shows ids does not load them.

/** How an id is shown to people: its last 8 characters. Any unique ending is accepted back. */
export const shortId = (id: string): string => id.slice(-8);
