import { faultText } from './faults.ts';
import { runSeed } from './run.ts';
import { assertSettles } from './time.ts';

/** Prints one run: its faults, its log, and what it broke. Answers whether it broke anything. */
export const tellSeed = (seed: number, without: readonly number[]): boolean => {
  assertSettles();
  const told = runSeed(seed, without);
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  print(
    `seed ${seed}, ${told.kind}, ${told.memory.tables.events.length} events in ${Math.round(told.ms)} ms, ${told.turns} turns, ${told.hash()}`,
  );
  for (const fault of told.faults) print(`  ${faultText(fault)}`);
  for (const { at, type, stream, version, actor, data } of told.memory.tables.events) {
    const { step, token, agent } = data as { step?: string; token?: number; agent?: string };
    print(
      [
        at.slice(14, 23),
        type.padEnd(24),
        `${stream.slice(0, 5)}…${stream.slice(-4)}`,
        version,
        actor,
        step ?? '',
        token ?? '',
        agent ?? '',
      ].join(' '),
    );
  }
  for (const violation of told.violations) print(violation);
  return told.violations.length > 0;
};
