import { z } from 'zod';
import { HiveYaml } from './hive-yaml.ts';

/** The part of a JSON Schema that is read here. */
export type SchemaNode = {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
  readonly notYet?: boolean;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
};

/** hive.yaml as a JSON Schema, for editors, the reference page and the search for the nearest key. */
export const hiveSchema = (): SchemaNode =>
  // zod writes a JSON Schema document; this is the part of its type that is used.
  z.toJSONSchema(HiveYaml, { io: 'input' }) as SchemaNode;

const child = (node: SchemaNode, key: PropertyKey): SchemaNode | undefined => {
  if (typeof key === 'number') return node.items;
  const own = node.properties?.[String(key)];
  return own ?? (typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined);
};

/** The keys that are known at a place of hive.yaml. */
export const keysAt = (path: readonly PropertyKey[]): string[] => {
  const node = path.reduce<SchemaNode | undefined>((at, key) => at && child(at, key), hiveSchema());
  return Object.keys(node?.properties ?? {});
};

/** Keys that are set and have no effect yet, as dotted paths; names that the user chose are kept. */
export const keysWithoutEffect = (data: unknown, node = hiveSchema(), path: readonly string[] = []): string[] => {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return [];
  return Object.entries(data).flatMap(([key, value]) => {
    const at = child(node, key);
    if (at === undefined || value === undefined) return [];
    return at.notYet ? [[...path, key].join('.')] : keysWithoutEffect(value, at, [...path, key]);
  });
};
