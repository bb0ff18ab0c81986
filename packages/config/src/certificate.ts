import { HiveError } from '@hive/errors';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { HttpConfig } from './http-setting.ts';

type Tls = NonNullable<HttpConfig['tls']>;

/** A certificate with its key, as it lies on the disk. */
export type Certificate = {
  readonly cert: string;
  readonly key: string;
  /** Names and addresses that it lists; one with a star names no host. */
  readonly names: readonly string[];
  readonly issuer: string;
  readonly from: string;
  readonly until: string;
  /** Whether a browser that trusts its issuer accepts it for this name or address. */
  covers(name: string): boolean;
};

const dayMs = 24 * 3600 * 1000;
/** Certificates that renew themselves have been renewed by then. */
const soonMs = 14 * dayMs;

const broken = (code: 'tls.unreadable' | 'tls.mismatch', message: string, cause?: unknown) =>
  new HiveError(code, message, { remedy: 'fix_config', cause });

const read = (file: string, key: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const why = { ENOENT: 'is not there', EACCES: 'may not be read by this user', EISDIR: 'is a folder' }[code];
    throw broken('tls.unreadable', `${file} (hive.http.tls.${key}) ${why ?? `cannot be read: ${code}`}`, error);
  }
};

const parsed = (text: string, file: string, key: string): X509Certificate => {
  try {
    return new X509Certificate(text);
  } catch (error) {
    const isKey = text.includes('PRIVATE KEY-----');
    throw broken(
      'tls.unreadable',
      `${file} (hive.http.tls.${key}) holds no certificate${isKey ? ' but a private key; exchange the two files' : ' in PEM form (-----BEGIN CERTIFICATE-----)'}`,
      error,
    );
  }
};

/** Reads certificate and key. Throws `tls.unreadable` for what is not there or is something else, `tls.mismatch` for a key of another certificate. */
export const readCertificate = ({ certFile, keyFile }: Pick<Tls, 'certFile' | 'keyFile'>): Certificate => {
  const [cert, key] = [read(certFile, 'cert'), read(keyFile, 'key')];
  const found = parsed(cert, certFile, 'cert');
  const isKeyOf = ((): boolean => {
    try {
      return found.checkPrivateKey(createPrivateKey(key));
    } catch (error) {
      const why = key.includes('ENCRYPTED')
        ? 'is locked by a passphrase; write one without'
        : 'holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)';
      throw broken('tls.unreadable', `${keyFile} (hive.http.tls.key) ${why}`, error);
    }
  })();
  if (!isKeyOf)
    throw broken(
      'tls.mismatch',
      `The key in ${keyFile} is not that of the certificate in ${certFile}; take the two that were made together, with the host's own certificate first in the file`,
    );
  const names = namesIn(found);
  return {
    cert,
    key,
    names,
    issuer: /^(?:O|CN)=(.+)$/m.exec(found.issuer)?.[1] ?? found.issuer.replaceAll('\n', ', '),
    from: new Date(found.validFrom).toISOString(),
    until: new Date(found.validTo).toISOString(),
    covers: (name) =>
      (isIP(name) > 0 ? found.checkIP(name) : found.checkHost(name, { subject: 'never' })) !== undefined,
  };
};

const namesIn = ({ subjectAltName = '' }: X509Certificate): string[] =>
  [...subjectAltName.matchAll(/(?:DNS|IP Address):"?([^",\s]+)/g)].map(([, name = '']) => name.toLowerCase());

/** What a browser will have against the certificate at this moment, or soon (`isSoon`); null: nothing. */
export const certificateTrouble = (
  { from, until, names }: Pick<Certificate, 'from' | 'until' | 'names'>,
  file: string,
  at: number,
): { readonly error: HiveError; readonly isSoon: boolean } | null => {
  const say = (code: 'tls.expired' | 'tls.names', message: string, isSoon = false) => ({
    error: new HiveError(code, message, { remedy: 'fix_config', details: { file, from, until } }),
    isSoon,
  });
  const left = Date.parse(until) - at;
  if (left <= 0)
    return say('tls.expired', `The certificate in ${file} is over since ${until}, so browsers refuse it; renew it`);
  if (Date.parse(from) > at)
    return say('tls.expired', `The certificate in ${file} holds from ${from} only; look at the clock of this machine`);
  if (names.length === 0)
    return say(
      'tls.names',
      `The certificate in ${file} lists no name (subjectAltName), so browsers refuse it for every address; make one that does`,
    );
  if (left > soonMs) return null;
  const days = Math.floor(left / dayMs);
  const when = days < 1 ? 'within a day' : `in ${days} ${days === 1 ? 'day' : 'days'}`;
  return say('tls.expired', `The certificate in ${file} is over ${when} (${until}); renew it`, true);
};

/** The certificate of the owner's own authority, and nothing else that may lie in its file. Throws `tls.unreadable`, also for one that vouches for nobody. */
export const readAuthority = (caFile: string): { readonly pem: string; readonly fingerprint: string } => {
  const found = parsed(read(caFile, 'ca'), caFile, 'ca');
  if (!found.ca)
    throw broken('tls.unreadable', `${caFile} (hive.http.tls.ca) holds a certificate that is no authority (CA:TRUE)`);
  return { pem: found.toString(), fingerprint: found.fingerprint256 };
};
