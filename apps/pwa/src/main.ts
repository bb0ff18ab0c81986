import './app/hive-app.ts';
import { applyAppearance, readAppearance } from './app/appearance.ts';
import { reloadOnMissingChunk } from './app/missing-chunk.ts';

reloadOnMissingChunk();
applyAppearance(readAppearance());
