// Draws the icons of the manifest from hive.svg: `node brand/draw-icons.ts`. The results are committed.
import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright';
import { findChromium } from '@hive/tools/chromium';

const here = import.meta.dirname;
const svg = await readFile(`${here}/hive.svg`, 'utf8');
const data = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
const browser = await chromium.launch(await findChromium());

/** A maskable icon may be cut to a circle of 80 %: its art is smaller and its ground is full. */
const art = {
  any: { share: 100, ground: 'transparent' },
  maskable: { share: 62, ground: '#141512' },
};

for (const [purpose, { share, ground }] of Object.entries(art))
  for (const size of [192, 512]) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(
      `<body style="margin:0;height:100vh;display:grid;place-items:center;background:${ground}"><img src="${data}" style="width:${share}%">`,
    );
    await page.locator('img').evaluate((image) => (image as unknown as { decode(): Promise<void> }).decode());
    await page.screenshot({ path: `${here}/../public/icons/${purpose}-${size}.png`, omitBackground: true });
    await page.close();
  }
await browser.close();
