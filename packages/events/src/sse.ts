/** One frame of an event stream, as `GET /api/v1/stream` sends them. `id` is null where the frame has none. */
export type SseFrame = { readonly event: string; readonly data: string; readonly id: string | null };

const frameOf = (block: string): SseFrame | null => {
  const fields: Record<string, string> = {};
  for (const line of block.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':');
    if (colon === 0) continue; // a comment
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    fields[name] = name === 'data' && fields['data'] !== undefined ? `${fields['data']}\n${value}` : value;
  }
  if (fields['data'] === undefined && fields['event'] === undefined) return null;
  return { event: fields['event'] ?? 'message', data: fields['data'] ?? '', id: fields['id'] ?? null };
};

/** The frames of an event stream (WHATWG HTML, 9.2.6), however its bytes are cut. A frame that the stream ends in is not complete and left out. */
export async function* sseFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<SseFrame> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = /\r\n\r\n|\n\n|\r\r(?!$)/.exec(text); end; end = /\r\n\r\n|\n\n|\r\r(?!$)/.exec(text)) {
      const frame = frameOf(text.slice(0, end.index));
      text = text.slice(end.index + end[0].length);
      if (frame) yield frame;
    }
  }
}
