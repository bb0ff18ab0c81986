import type { PairCode } from '@hive/events';

const guide = 'docs/guides/phone.md has the commands for each way.';

/** What to do where no other device reaches the control room. */
const missing: Readonly<Record<Exclude<PairCode['why'], 'ready'>, readonly string[]>> = {
  no_tls: [
    'Other devices do not reach this Hive yet: it listens on this machine only, and phones need HTTPS.',
    'Either put something with a certificate in front and name it in hive.yaml:',
    '  hive: { http: { proxied: [https://hive.example.org] } }',
    'or give Hive a certificate of its own:',
    '  hive: { http: { tls: { cert: hive.crt, key: hive.key, bind: 0.0.0.0 } } }',
  ],
  loopback_only: [
    'Hive has a certificate, and listens with it on this machine only. To let other devices in, add to hive.http.tls in hive.yaml:',
    '  bind: 0.0.0.0',
  ],
  not_covered: [
    'Hive has a certificate, and it lists no name or address under which other devices reach this machine.',
    'Make one that lists its name, or add the name to hive.http.names where a wildcard covers it.',
  ],
};

/** What `hive pair` says below its QR code: where to go, until when, and what a device has to trust first. */
export const pairLines = (
  { links, why, expiresAt, role, certificate, authority, url }: PairCode,
  { now, isFileNamed }: { readonly now: number; readonly isFileNamed: boolean },
): string[] => {
  const [link, ...others] = links;
  if (link === undefined)
    return [
      ...(why === 'ready' ? [] : missing[why]),
      ...(isFileNamed ? [] : ['There is no hive.yaml yet; hive.example.yaml is one to begin from.']),
      'Then hive down, hive up, and hive pair again.',
      guide,
      ...trouble(certificate),
      '',
      `A browser on this machine: ${url}`,
    ];
  const seconds = Math.max(0, Math.round((Date.parse(expiresAt) - now) / 1000));
  return [
    `Open on the other device   ${link}`,
    ...others.map((other) => `or                         ${other}`),
    `It works once, for ${seconds} seconds, and lets the browser in as ${role}. Shut it out again in Settings.`,
    ...(authority
      ? [
          '',
          'The device has to trust your own authority first, once:',
          `1. On it, open ${new URL(link).origin}${authority.path} (a warning is expected this once) and keep the file.`,
          '2. Compare the SHA-256 fingerprint that it shows before you trust it:',
          `   ${authority.fingerprint}`,
          '3. iPhone: Settings, Profile downloaded, Install; then General, About, Certificate Trust Settings, switch it on.',
          '   Android: Settings, Security, Encryption and credentials, Install a certificate, CA certificate.',
        ]
      : certificate
        ? [
            '',
            `The certificate is by ${certificate.issuer}. A device that does not know that authority warns: ${guide}`,
          ]
        : []),
    ...trouble(certificate),
  ];
};

const trouble = (certificate: PairCode['certificate']): string[] =>
  certificate?.trouble ? ['', certificate.trouble] : [];
