import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { compactTemplates } from './build/compact-templates.ts';
import { pageChunks } from './build/page-chunks.ts';
import { precompressed } from './build/precompressed.ts';

const icon = (size: number, purpose: 'any' | 'maskable') => ({
  src: `/icons/${purpose}-${size}.png`,
  sizes: `${size}x${size}`,
  type: 'image/png',
  purpose,
});

/** What a browser is told when the control room is installed. */
const manifest = {
  id: '/',
  name: 'Hive control room',
  short_name: 'Hive',
  description: 'See what the orchestrator, the workers and the reviewer do, live and by trace.',
  start_url: '/',
  scope: '/',
  display: 'standalone' as const,
  background_color: '#141512',
  theme_color: '#141512',
  categories: ['developer', 'productivity'],
  launch_handler: { client_mode: 'navigate-existing' as const },
  icons: [icon(192, 'any'), icon(512, 'any'), icon(192, 'maskable'), icon(512, 'maskable')],
  screenshots: [
    {
      src: '/screenshots/wide.png',
      sizes: '1280x800',
      type: 'image/png',
      form_factor: 'wide' as const,
      label: 'A trace',
    },
    {
      src: '/screenshots/narrow.png',
      sizes: '390x844',
      type: 'image/png',
      form_factor: 'narrow' as const,
      label: 'Home',
    },
  ],
  shortcuts: [
    { name: 'Approvals', url: '/approvals', icons: [icon(192, 'any')] },
    { name: 'New workflow', url: '/new', icons: [icon(192, 'any')] },
    { name: 'Traces', url: '/traces', icons: [icon(192, 'any')] },
  ],
};

const sharedWithHome =
  /\/src\/(ui\/(hive-(time|status|skeleton|notice)|duration|event-query|status|load-view|visible-text|turns|stack)|data\/(live-load|session)|app\/address|workers\/worker-url|features\/traces\/settled-types)\.ts$|lit-html\/directive|\/directives\/repeat|events\/src\/(short-id|event-types)/;

/**
 * What most other pages need besides, and the views of a trace: the same, once for all of them. A trace alone would ask for a dozen files otherwise,
 * and a browser asks for six at a time, what it shows and the stream included.
 */
const sharedByPages =
  /\/src\/(ui\/(hive-(copy|author|number)|error-words|ask-first|together|verbatim|held-news)|app\/address-controller|data\/(rights|when-idle|why-not-allowed)|features\/traces\/(errors-address|usage-words|trace-model|waterfall\/(row-facts|row-words|trace-search|event-filter|waterfall-keys)))\.ts$|events\/src\/(error-types|event-words|evidence-words|is-model-author)/;

export default defineConfig({
  build: {
    // Every browser with URLPattern, light-dark() and Trusted Types knows all of this; nothing is lowered.
    target: 'es2024',
    cssTarget: ['chrome123', 'firefox142', 'safari26'],
    sourcemap: true,
    chunkSizeWarningLimit: 120,
    rolldownOptions: {
      output: {
        // What Home needs of the shared modules is one file: a dozen of some hundred bytes each would be larger by their number.
        codeSplitting: {
          groups: [
            { name: 'shared', test: sharedWithHome },
            { name: 'pages', test: sharedByPages },
            // What is kept in this browser, which is asked for at once when Hive is away.
            { name: 'kept', test: /\/src\/data\/(room-db|room-outbox|kept-texts|trace-cache)\.ts$/ },
          ],
        },
      },
    },
  },
  plugins: [
    compactTemplates(),
    pageChunks(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src/sw',
      filename: 'sw.ts',
      injectRegister: false,
      registerType: 'prompt',
      manifest,
      // A classic script: the form that every browser can register, and one file without asking for it.
      injectManifest: { rollupFormat: 'iife', globPatterns: ['**/*.{html,js,css,svg,webmanifest}', 'icons/*.png'] },
    }),
    precompressed(),
  ],
  server: { proxy: { '/api': 'http://127.0.0.1:4483' } },
});
