/** Parts of traces as the text of an answer: what was made once is not made again while somebody looks at it. */
export type EncodedParts = {
  /**
   * The text for `key`; `make` answers it, and whether it stays as it is whatever is recorded. `end` is what the trace ends with; null: nobody can
   * tell, as for an id that may come to mean another trace, and then nothing is kept.
   */
  text(
    key: string,
    end: string | null,
    make: () => Promise<{ readonly text: string; readonly isFull: boolean }>,
  ): Promise<string>;
};

/** `end`: null for a full one. */
type Part = { readonly text: string; readonly end: string | null };

/** What is kept at most, in characters; a part of 10,000 events has about 650,000. */
const mostKept = 12_000_000;
/** How long nobody has to ask for all of it to be let go. */
const restMs = 60_000;

/**
 * Keeps the parts that were asked for last. A full part of a trace never changes, because the log is only added to; the last one is made anew when
 * the trace ends with another event.
 */
export const createEncodedParts = (most = mostKept): EncodedParts => {
  const parts = new Map<string, Part>();
  let kept = 0;
  let rest: NodeJS.Timeout | undefined;
  const drop = (key: string) => {
    kept -= parts.get(key)?.text.length ?? 0;
    parts.delete(key);
  };
  const keep = (key: string, part: Part) => {
    drop(key);
    if (part.text.length > most) return;
    parts.set(key, part);
    kept += part.text.length;
    for (const oldest of parts.keys()) {
      if (kept <= most) return;
      drop(oldest);
    }
  };
  const restLater = () => {
    clearTimeout(rest);
    rest = setTimeout(() => {
      parts.clear();
      kept = 0;
    }, restMs);
    rest.unref();
  };
  return {
    text: async (key, end, make) => {
      if (end === null) return (await make()).text;
      restLater();
      const known = parts.get(key);
      if (known && (known.end === null || known.end === end)) {
        keep(key, known); // asked for last
        return known.text;
      }
      const { text, isFull } = await make();
      keep(key, { text, end: isFull ? null : end });
      return text;
    },
  };
};
