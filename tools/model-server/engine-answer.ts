import type { Answer } from './answer.ts';
import type { Engine, EngineQuestion } from './engine.ts';
import { json, type Exchange, type Talk } from './routes.ts';

/** Answers a call with what the engine says: piece by piece as it comes, or whole. What the engine refuses is an error as the protocol has it. */
export const answerFromEngine = async (
  { request, res, line, body }: Exchange,
  { wire, frames, whole, errorBody, stream }: Omit<Talk, 'prompt' | 'counted'>,
  { engine, asked }: { readonly engine: Engine; readonly asked: EngineQuestion },
): Promise<void> => {
  const answer = (text: readonly string[], end: Pick<Answer, 'stop' | 'usage'> = unended): Answer => ({
    model: String(body['model']),
    text,
    thinking: '',
    toolCalls: [],
    ...end,
  });
  const write = (kind: 'content' | 'end', part: Answer) => {
    if (!res.headersSent) res.writeHead(200, { 'content-type': wire.contentType });
    for (const frame of frames(part, request.n)) if (frame.kind === kind) res.write(frame.bytes);
  };
  const pieces: string[] = [];
  try {
    const { input, output, stop } = await engine.speak(asked, {
      signal: line.gone,
      text: (piece) => {
        if (stream) write('content', answer([piece]));
        else pieces.push(piece);
      },
    });
    if (stop === 'abort') return;
    const usage = { input, output, cacheRead: 0, cacheWrite: 0, thinking: 0 };
    if (!stream) return json(res, 200, whole(answer(pieces, { stop, usage }), request.n));
    write('end', answer([], { stop, usage }));
    res.end();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!res.headersSent) return json(res, 500, errorBody(500, message));
    res.end(wire.errorFrame({ kind: 'stream_error', message }));
  }
};

const unended = { stop: 'end', usage: null } as const;
