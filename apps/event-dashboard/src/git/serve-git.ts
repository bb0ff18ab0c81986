import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HiveError, isHiveError } from '@hive/errors';
import type { Pushes } from '@hive/front-desk';
import type { Access } from '../access/access.ts';
import { statusOf } from '../problem.ts';
import { gitPrefix, pushLimit } from './git-paths.ts';
import { bytesOf } from './push-body.ts';
import { tokenAsPassword } from './token-as-password.ts';

const noCache = { 'cache-control': 'no-cache, max-age=0, must-revalidate' };

/**
 * git's smart HTTP, for pushes only: what is pushed to `refs/for/<branch>` is handed in as a change. Errors are plain text, since that is what
 * git shows to people.
 */
export const serveGit = (
  app: OpenAPIHono,
  {
    pushes,
    access,
    onError,
  }: { readonly pushes: Pushes; readonly access: Access; readonly onError: (error: unknown) => void },
): void => {
  const attempt = async (c: Context, handle: () => Promise<Response>): Promise<Response> => {
    try {
      return await handle();
    } catch (error) {
      const known = isHiveError(error)
        ? error
        : new HiveError('internal', 'Something that Hive did not expect; its log says what');
      if (known.code === 'internal') onError(error);
      return inWords(c, known);
    }
  };

  app.use(`${gitPrefix}*`, tokenAsPassword(access));

  app.get(`${gitPrefix}:repo/info/refs`, (c) =>
    attempt(c, async () => {
      if (c.req.query('service') !== 'git-receive-pack') throw pushOnly();
      const refs = await pushes.advertise(nameOf(c), c.req.header('git-protocol'));
      const service = '001f# service=git-receive-pack\n0000';
      return c.body(Uint8Array.from(Buffer.concat([Buffer.from(service), refs])), 200, {
        'content-type': 'application/x-git-receive-pack-advertisement',
        ...noCache,
      });
    }),
  );

  app.post(`${gitPrefix}:repo/git-receive-pack`, (c) =>
    attempt(c, async () => {
      if (c.req.header('content-type') !== 'application/x-git-receive-pack-request')
        throw new HiveError('input.invalid', 'This is not what git push sends');
      const pieces = pushes.receive({
        name: nameOf(c),
        body: bytesOf(c.req.raw, pushLimit),
        url: `http://${c.req.header('host') ?? ''}`,
        signal: c.req.raw.signal,
      });
      const first = await pieces.next();
      return new Response(streamOf(first, pieces), {
        headers: { 'content-type': 'application/x-git-receive-pack-result', ...noCache },
      });
    }),
  );

  app.all(`${gitPrefix}*`, (c) => inWords(c, pushOnly()));
};

const pushOnly = () =>
  new HiveError('auth.forbidden', 'Hive takes pushes here and serves nothing; the branches are in your repository');

/** git asks for `<name>.git`. */
const nameOf = (c: Context): string => {
  const repo = c.req.param('repo') ?? '';
  return repo.endsWith('.git') ? repo.slice(0, -'.git'.length) : '';
};

const inWords = (c: Context, error: HiveError): Response =>
  c.text(`${error.message}\n`, statusOf(error.code), {
    ...(error.retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) }),
  });

const streamOf = (first: IteratorResult<Uint8Array>, rest: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> => {
  let next: Promise<IteratorResult<Uint8Array>> | undefined = Promise.resolve(first);
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const piece = await (next ?? rest.next());
      next = undefined;
      if (piece.done === true) controller.close();
      else controller.enqueue(piece.value);
    },
    cancel: async () => void (await rest.return(undefined)),
  });
};
