const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*Safari\//, 'Safari'],
];

const machines: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'Mac'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

const firstIn = (all: typeof browsers, text: string) => all.find(([pattern]) => pattern.test(text))?.[1];

/** What a browser is called until a person calls it something else: `Chrome on Android`. Only words of ours, whatever the header says. */
export const deviceName = (userAgent: string): string => {
  const browser = firstIn(browsers, userAgent) ?? 'A browser';
  const machine = firstIn(machines, userAgent);
  return machine === undefined ? browser : `${browser} on ${machine}`;
};
