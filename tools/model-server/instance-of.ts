type Schema = Readonly<Record<string, unknown>>;

/** The smallest value that a JSON Schema allows, as far as grammars know schemas: what a model that obeys one could say. */
export const instanceOf = (schema: unknown, root: unknown = schema): unknown => {
  const { $ref, const: fixed, enum: options, anyOf, oneOf, type, ...rest } = recordOf(schema);
  if (typeof $ref === 'string') return instanceOf(at(root, $ref), root);
  if (fixed !== undefined) return fixed;
  if (Array.isArray(options)) return options[0] as unknown;
  const branches = anyOf ?? oneOf;
  if (Array.isArray(branches)) return instanceOf(branches[0], root);
  switch (Array.isArray(type) ? (type as unknown[])[0] : (type ?? ('properties' in rest ? 'object' : 'null'))) {
    case 'object':
      return objectOf(rest, root);
    case 'array':
      return Array.from({ length: numberOf(rest['minItems'], 0) }, () => instanceOf(rest['items'], root));
    case 'string':
      return 'x'.repeat(numberOf(rest['minLength'], 1));
    case 'integer':
    case 'number':
      return numberOf(rest['minimum'], Math.min(0, numberOf(rest['maximum'], 0)));
    case 'boolean':
      return false;
    default:
      return null;
  }
};

const objectOf = (schema: Schema, root: unknown) => {
  const properties = recordOf(schema['properties']);
  const required = Array.isArray(schema['required']) ? schema['required'] : Object.keys(properties);
  return Object.fromEntries(required.map((name) => [name, instanceOf(properties[String(name)], root)] as const));
};

const at = (root: unknown, ref: string): unknown =>
  ref
    .replace(/^#\/?/, '')
    .split('/')
    .filter((step) => step !== '')
    .reduce<unknown>((value, step) => recordOf(value)[step], root);

const recordOf = (value: unknown): Schema => (value !== null && typeof value === 'object' ? (value as Schema) : {});
const numberOf = (value: unknown, other: number): number => (typeof value === 'number' ? value : other);
