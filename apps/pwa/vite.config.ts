import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

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
    { name: 'Traces', url: '/traces', icons: [icon(192, 'any')] },
    { name: 'Agents', url: '/agents', icons: [icon(192, 'any')] },
  ],
};

export default defineConfig({
  build: {
    // Every browser with URLPattern, light-dark() and Trusted Types knows all of this; nothing is lowered.
    target: 'es2024',
    cssTarget: ['chrome123', 'firefox142', 'safari26'],
    sourcemap: true,
    chunkSizeWarningLimit: 120,
  },
  plugins: [
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
  ],
  server: { proxy: { '/api': 'http://127.0.0.1:4483' } },
});
