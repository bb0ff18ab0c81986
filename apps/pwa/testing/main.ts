// `npm run fixture -w @hive/pwa`: the built control room with a told story at http://localhost:4499, going on live.
import { startFixture } from './fixture.ts';
import { tellStory } from './stories.ts';

const fixture = await startFixture(tellStory(Date.now()), { port: 4499 });
console.log(`Control room with a told story: ${await fixture.link('/')}`);
setInterval(() => void fixture.advance(1), 900);
