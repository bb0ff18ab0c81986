import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const openssl = (args: readonly string[], cwd: string): string =>
  execFileSync('openssl', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Why certificates cannot be made here; null: they can. Throws where that would hide tests that have to run (`CI`). */
export const noCertificates = (): string | null => {
  try {
    openssl(['version'], '/');
    return null;
  } catch {
    const why = 'certificate tests skipped: there is no openssl; install it, for example: sudo apt-get install openssl';
    if (process.env['CI']) throw new Error(why);
    process.stderr.write(`${why}\n`);
    return why;
  }
};

/** The authority of a test, and certificates by it, made as docs/guides/phone.md makes them. `days` may be negative: over since then. */
export const makeAuthority = (folder: string) => {
  openssl(
    ['req', '-x509', ...newKey('ca.key'), '-days', '30', '-subj', '/CN=Test authority', '-out', 'ca.crt'],
    folder,
  );
  return {
    caFile: join(folder, 'ca.crt'),
    issue: (name: string, names: readonly string[], days = 30) => {
      const [key, request, cert, extensions] = ['key', 'csr', 'crt', 'ext'].map((end) => `${name}.${end}`) as [
        string,
        string,
        string,
        string,
      ]; // four endings, four names
      openssl(['req', '-new', ...newKey(key), '-subj', `/CN=${name}`, '-out', request], folder);
      const alternatives = names.map((it) => `${/^[\d.]+$|:/.test(it) ? 'IP' : 'DNS'}:${it}`).join(',');
      writeFileSync(
        join(folder, extensions),
        `${alternatives === '' ? '' : `subjectAltName=${alternatives}\n`}extendedKeyUsage=serverAuth\n`,
      );
      openssl(
        [
          'x509',
          '-req',
          '-in',
          request,
          '-CA',
          'ca.crt',
          '-CAkey',
          'ca.key',
          '-CAcreateserial',
          '-days',
          String(days),
        ].concat(['-extfile', extensions, '-out', cert]),
        folder,
      );
      return { certFile: join(folder, cert), keyFile: join(folder, key) };
    },
  };
};

const newKey = (file: string) => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file];
