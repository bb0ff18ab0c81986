import type { AlertThresholds, Box } from '@hive/config';
import { figuresHoldMs, type CallView, type MachineFigures } from '@hive/events';

/** What is known when alerts are decided. `calls` are the last ones of a box, oldest first. */
export type Measured = {
  readonly thresholds: AlertThresholds;
  readonly boxes: readonly Pick<Box, 'name' | 'targets'>[];
  readonly machines: readonly { readonly host: string; readonly figures: MachineFigures }[];
  readonly calls: readonly Pick<CallView, 'box' | 'outcome' | 'source' | 'tokensPerS' | 'totalMs'>[];
  readonly now: number;
};

/** `message`: to be raised. null: to be resolved. */
export type Verdict = { readonly alert: string; readonly message: string | null };

/** Between raising and resolving lies a tenth, or an alert would come and go with every look. */
const slack = 0.1;
const fewCalls = 3;
const lastCalls = 5;

/**
 * Which alerts are to be raised and which resolved. What lies between the two marks, and what is older than 30 s and so unknown, changes nothing.
 * `raised` are those that stand now: those whose machine or box is gone are resolved. Pure.
 */
export const verdicts = (measured: Measured, raised: readonly string[]): readonly Verdict[] => {
  const all = [...machineVerdicts(measured), ...boxVerdicts(measured)];
  const subjects = [
    ...measured.machines.map(({ host }) => `machine.${host}.`),
    ...measured.boxes.map(({ name }) => `box.${name}.`),
  ];
  const orphans = raised.filter(
    (alert) => /^(machine|box)\./.test(alert) && !subjects.some((subject) => alert.startsWith(subject)),
  );
  return [...all, ...orphans.map((alert) => ({ alert, message: null }))];
};

const machineVerdicts = ({ thresholds, machines, now }: Measured): readonly Verdict[] =>
  machines.flatMap(({ host, figures }) => {
    if (now - Date.parse(figures.at) >= figuresHoldMs) return [];
    const { cpu, memory, gpus, gpusAt, driver } = figures;
    const areFresh = gpusAt !== null && now - Date.parse(gpusAt) < figuresHoldMs;
    const fullest = areFresh ? Math.max(...gpus.map(({ used, total }) => share(used, total) ?? -1)) : -1;
    const over = (what: string, value: number | null, limit: number | null, says: string): readonly Verdict[] =>
      value === null || limit === null
        ? []
        : above(
            `machine.${host}.${what}`,
            { value, limit },
            `${says} of ${host}: ${value.toFixed(0)} %, more than ${limit} %`,
          );
    return [
      ...over('cpu', cpu, thresholds.cpu, 'Processors'),
      ...over('memory', memory && share(memory.used, memory.total), thresholds.memory, 'Memory'),
      ...over('gpu', fullest < 0 ? null : fullest, thresholds.gpu, 'Memory of a graphics card'),
      driver === 'silent'
        ? {
            alert: `machine.${host}.driver`,
            message: `The driver of the graphics cards of ${host} does not answer; what runs there may hang, and restarting the machine helps`,
          }
        : { alert: `machine.${host}.driver`, message: null },
    ];
  });

const boxVerdicts = ({ thresholds, boxes, calls }: Measured): readonly Verdict[] =>
  boxes.flatMap(({ name, targets }) => {
    const last = calls
      .filter((call) => call.box === name && call.outcome === 'ok' && call.source === 'live')
      .slice(-lastCalls);
    const speeds = last.flatMap(({ tokensPerS }) => tokensPerS ?? []);
    const [minTps, maxS] = [targets?.minTps ?? null, targets?.maxResponseS ?? thresholds.responseS];
    const slow =
      minTps === null || speeds.length < fewCalls
        ? []
        : below(
            `box.${name}.slow`,
            { value: median(speeds), limit: minTps },
            `${name} writes ${median(speeds).toFixed(1)} tok/s, and should ${minTps}`,
          );
    const seconds = median(last.map(({ totalMs }) => totalMs / 1000));
    const late =
      maxS === null || last.length < fewCalls
        ? []
        : above(
            `box.${name}.response`,
            { value: seconds, limit: maxS },
            `${name} answers in ${seconds.toFixed(0)} s, and should in ${maxS} s`,
          );
    return [...slow, ...late];
  });

type Mark = { readonly value: number; readonly limit: number };

const above = (alert: string, { value, limit }: Mark, message: string): readonly Verdict[] =>
  value > limit ? [{ alert, message }] : value <= limit * (1 - slack) ? [{ alert, message: null }] : [];

const below = (alert: string, { value, limit }: Mark, message: string): readonly Verdict[] =>
  value < limit ? [{ alert, message }] : value >= limit * (1 + slack) ? [{ alert, message: null }] : [];

const share = (used: number | null, total: number | null): number | null =>
  used === null || total === null || total <= 0 ? null : (used / total) * 100;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
