/** A value as JSON gives it back: fields that are undefined are absent, and nothing but data is left. */
export const canonical = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T; // the same data
