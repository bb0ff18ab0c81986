/** A frame of an event stream as a test reads it. */
export type ReadFrame = { readonly event: string; readonly id: number | null; readonly data: unknown };

/** A frame's fields. Throws where the bytes are not one whole frame. */
export const readFrame = (bytes: Uint8Array): ReadFrame => {
  const text = new TextDecoder().decode(bytes);
  const [, event = '', id, data = ''] =
    /^(?:retry: 1000\n)?event: (\w+)\n(?:id: (\d+)\n)?data: ([^\n]*)\n\n$/.exec(text) ?? [];
  if (event === '') throw new Error(`not a frame: ${text.slice(0, 200)}`);
  return { event, id: id === undefined ? null : Number(id), data: JSON.parse(data) as unknown };
};

/** The positions that frames of events hold. */
export const positionsIn = (frames: readonly ReadFrame[]): number[] =>
  frames.flatMap(({ event, data }) =>
    event === 'events' ? (data as { position: number }[]).map(({ position }) => position) : [],
  );
