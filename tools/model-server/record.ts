import { createServer, request as forward, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promptOf, recordOf } from './routes.ts';
import { sha256, type Raw, type Rule, type Scenario } from './scenario.ts';
import { refuseUnlessLoopback } from './server.ts';

/** A proxy that writes down what passes through it. */
export type Recorder = {
  readonly url: string;
  /** What has passed so far, as a scenario that answers the same questions with the same bytes. Keys and tokens are not in it. */
  readonly scenario: () => Scenario;
  readonly stop: () => Promise<void>;
};

/** Headers that belong to one connection, or that Node writes itself. */
const perConnection = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'date',
  'x-hive-double',
]);

/**
 * Stands between a client and a server on this machine, and records the answers byte for byte in the pieces in which they came.
 * A question is known again by its path, its model and the hash of its prompt; the n-th equal one gets the n-th answer.
 */
export const startRecorder = async ({
  target,
  name,
  port = 0,
}: {
  readonly target: string;
  readonly name: string;
  readonly port?: number;
}): Promise<Recorder> => {
  const base = new URL(target);
  refuseUnlessLoopback(base.hostname.replace(/^\[|\]$/g, ''));
  const rules: Rule[] = [];
  const asked = new Map<string, number>();

  const server = createServer((req, res) => {
    void (async () => {
      const body = Buffer.concat(await toArray(req));
      const question = questionOf(req.url ?? '/', body);
      const key = JSON.stringify(question);
      const call = (asked.get(key) ?? 0) + 1;
      asked.set(key, call);
      const pieces: Raw['pieces'][number][] = [];
      const headers = { ...req.headers, host: base.host, 'content-length': String(body.length) };
      const upstream = forward(new URL(req.url ?? '/', base), { method: req.method ?? 'GET', headers }, (answer) => {
        const kept = keptHeaders(answer.headers);
        res.writeHead(answer.statusCode ?? 502, kept);
        res.flushHeaders();
        answer.on('data', (bytes: Buffer) => {
          pieces.push(pieceOf(bytes));
          res.write(bytes);
        });
        const end = (cut: boolean) => {
          const raw: Raw = { status: answer.statusCode ?? 502, headers: kept, pieces, ...(cut ? { cut: true } : {}) };
          rules.push({ ...question, call, reply: { raw } });
          if (cut) res.destroy();
          else res.end();
        };
        answer.once('end', () => end(false));
        answer.once('error', () => end(true));
      });
      upstream.once('error', () => res.destroy());
      res.once('close', () => upstream.destroy());
      upstream.end(body);
    })().catch(() => res.destroy());
  });
  await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    scenario: () => ({ name, rules: [...rules] }),
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
};

const toArray = async (req: IncomingMessage): Promise<Buffer[]> => {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return chunks;
};

const questionOf = (url: string, bytes: Buffer): Pick<Rule, 'path' | 'model' | 'prompt'> => {
  const path = url.split('?')[0] ?? '';
  if (bytes.length === 0) return { path };
  const body = recordOf(JSON.parse(bytes.toString('utf8')));
  const model = body['model'];
  return { path, ...(typeof model === 'string' ? { model } : {}), prompt: sha256(promptOf(body)) };
};

const keptHeaders = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || perConnection.has(name) || name === 'set-cookie' ? [] : [[name, String(value)]],
    ),
  );

const pieceOf = (bytes: Buffer): Raw['pieces'][number] => {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : { base64: bytes.toString('base64') };
};
