import './app/hive-app.ts';
import { reloadOnMissingChunk } from './app/updates.ts';

reloadOnMissingChunk();
