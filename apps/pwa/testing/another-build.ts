import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { dist } from './browser-test.ts';

/** The same app with every chunk under another name, as after a change of every file; removed when the test ends. */
export const anotherBuild = (mark: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'hive-build-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(dist, folder, { recursive: true, filter: (path) => !/\.(br|gz|map)$/.test(path) });
  const assets = join(folder, 'assets');
  const names = readdirSync(assets).filter((name) => /\.(js|css)$/.test(name));
  const renamed = (text: string) => names.reduce((all, name) => all.replaceAll(name, `${mark}${name}`), text);
  const rewrite = (from: string, to: string) => {
    const text = renamed(readFileSync(from, 'utf8'));
    rmSync(from);
    writeFileSync(to, text);
  };
  for (const name of names) rewrite(join(assets, name), join(assets, `${mark}${name}`));
  for (const name of ['index.html', 'pages.json', 'sw.js']) rewrite(join(folder, name), join(folder, name));
  return folder;
};
