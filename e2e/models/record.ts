import { hostname } from 'node:os';
import { join } from 'node:path';
import { createArtefacts } from '@hive/core-db';
import { openBuilding } from './building.ts';
import { sameRepo, writeRecording } from './recording-file.ts';
import { sumScene } from './sum-scene.ts';

// Records the workflow that recording.int.test.ts replays: node e2e/models/record.ts
const building = await openBuilding({ boxes: { walnut: sumScene.rules } });
try {
  const repo = sameRepo(building.folder, sumScene.files);
  const { workflow } = await building.run(sumScene.request(repo));
  const events = await building.desk.trace(workflow);
  const artefacts = createArtefacts(building.config.home);
  await writeRecording(join(import.meta.dirname, 'recordings/sum.jsonl'), {
    events,
    artefacts,
    repo,
    host: hostname(),
  });
} finally {
  await building.close();
}
