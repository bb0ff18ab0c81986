import { readFileSync } from 'node:fs';

/** A file name as the build makes them: nothing in it could end the header or add to it. */
const asset = /^\/assets\/[\w.-]+$/;

const linkOf = (address: string): string => `<${address}>; rel=modulepreload`;

/**
 * Reads which chunks the pages of a build need, a JSON object of URL patterns and lists of addresses, and answers the `Link` header (RFC 8288)
 * of a page. Null for a page that it does not name, and for all pages without the file.
 */
export const pageLinks = (path: string | null): ((address: string) => string | null) => {
  if (path === null) return () => null;
  const pages = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, readonly string[]>>;
  const headers = Object.entries(pages).map(([pathname, chunks]) => ({
    pattern: new URLPattern({ pathname }),
    header: chunks
      .filter((chunk) => asset.test(chunk))
      .map(linkOf)
      .join(', '),
  }));
  return (pathname) => headers.find(({ pattern }) => pattern.test({ pathname }))?.header || null;
};
