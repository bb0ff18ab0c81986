/** A sequence of numbers that looks random and is always the same (mulberry32). */
const sequence = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};

/** The same bytes in other pieces, small ones more often than large ones; equal seeds split alike. */
export const splitBytes = (bytes: Uint8Array, seed: number): Uint8Array[] => {
  const next = sequence(seed);
  const longest = 1 + Math.floor(next() * 200);
  const split: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = 1 + Math.floor(next() * next() * longest);
    split.push(bytes.slice(at, at + length));
    at += length;
  }
  return split;
};

/** A `fetch` that answers with these bytes in pieces of their own. */
export const fetchOf =
  (bytes: Uint8Array, { seed, contentType }: { readonly seed: number; readonly contentType: string }): typeof fetch =>
  // Nobody is asked, so the arguments of a fetch have no meaning here.
  () =>
    Promise.resolve(
      new Response(ReadableStream.from(splitBytes(bytes, seed)), { headers: { 'content-type': contentType } }),
    );
