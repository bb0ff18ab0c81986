import { HiveApp } from './app/hive-app.ts';
import { applyAppearance, readAppearance } from './app/appearance.ts';
import { reloadOnMissingChunk } from './app/missing-chunk.ts';
import { turn } from './ui/turns.ts';

reloadOnMissingChunk();
applyAppearance(readAppearance());
// All code of the frame has been run by now; making it, and then showing it, are tasks of their own, so that a slow telephone is never busy for long.
void turn().then(() => customElements.define('hive-app', HiveApp));
