import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { adrFolder, adrProblems } from '../decision-records.ts';
import { violations } from '../architecture.ts';
import addAdr from './adr.ts';
import addAgent from './agent.ts';
import type { Files } from './files.ts';
import addPackage from './package.ts';

const root = join(import.meta.dirname, '../..');
const filesOf = (building: Map<string, string>): Files => ({
  exists: (path) => building.has(path),
  read: (path) => building.get(path) ?? null,
  write: (path, content) => void building.set(path, content),
  children: (folder) =>
    [...building.keys()].filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1)),
});

test('a new agent and a new package keep to the architecture', () => {
  const building = new Map([['package.json', '{"devDependencies":{"vitest":"1"}}']]);
  addPackage(filesOf(building), { name: 'agent-kit' });
  addPackage(filesOf(building), { name: 'clock', layer: 'contract' });
  addAgent(filesOf(building), { name: 'docs-writer' });
  expect(violations(building)).toEqual([]);
  expect(building.get('packages/clock/package.json')).toContain('"layer:contract",\n      "runs:any"');
  expect(building.get('apps/docs-writer/src/agent.ts')).toContain("defineAgent({ name: 'docs-writer', steps: {} })");
});

test('a room that is there is left alone', () => {
  const building = new Map([['apps/planner/package.json', 'precious']]);
  expect(() => addAgent(filesOf(building), { name: 'planner' })).toThrow('apps/planner is there already');
  expect([...building]).toEqual([['apps/planner/package.json', 'precious']]);
});

test('new decision records are numbered, and superseding links both ways', () => {
  const template = `${adrFolder}/template.md`;
  const building = new Map([[template, readFileSync(join(root, template), 'utf8')]]);
  addAdr(filesOf(building), { title: 'Steps have leases', date: '2026-11-21' });
  addAdr(filesOf(building), { title: 'Steps have tokens', date: '2026-11-22', supersedes: 1 });
  building.delete(template);
  const adrs = new Map([...building].map(([path, text]) => [path.slice(adrFolder.length + 1), text]));
  expect([...adrs.keys()]).toEqual(['0001-steps-have-leases.md', '0002-steps-have-tokens.md']);
  expect(adrProblems(adrs)).toEqual([]);
  expect(adrs.get('0001-steps-have-leases.md')).toContain('- Status: Superseded by [2](0002-steps-have-tokens.md)\n');
  expect(adrs.get('0002-steps-have-tokens.md')).toContain(
    '- Date: 2026-11-22\n- Supersedes: [1](0001-steps-have-leases.md)\n',
  );
});

test('a record that does not exist cannot be superseded', () => {
  expect(() => addAdr(filesOf(new Map()), { title: 'Steps have leases', supersedes: 3 })).toThrow('There is no ADR 3');
});
