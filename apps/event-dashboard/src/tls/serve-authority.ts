import type { OpenAPIHono } from '@hono/zod-openapi';
import { readAuthority } from '@hive/config';
import { authorityPath } from './reach.ts';

/** Serves the certificate of the owner's own authority: public by nature, and the first thing that a device needs. Nothing else of its file is told. */
export const serveAuthority = (app: OpenAPIHono, caFile: string): void => {
  app.get(authorityPath, (c) =>
    c.body(readAuthority(caFile).pem, 200, {
      'content-type': 'application/x-x509-ca-cert',
      'content-disposition': 'attachment; filename="hive-ca.crt"',
      'cache-control': 'no-cache',
    }),
  );
};
