import './hive-app.ts';
import { reloadOnMissingChunk } from './updates.ts';

reloadOnMissingChunk();
