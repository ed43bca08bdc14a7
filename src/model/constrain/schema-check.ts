// Reads a JSON schema before the grammar compiler does: that one ignores some keywords silently and ends its process image on
// others. What would not be enforced is refused here, with its place, so that a constraint means what it says.
import { LecternError } from '../../errors.ts';

export class SchemaError extends LecternError {
  /** JSON pointer to the offending place. */
  readonly place: string;

  constructor(place: string, problem: string, cause?: unknown) {
    super(`JSON schema at ${place || '/'}: ${problem}`, {
      code: 'SCHEMA',
      remedy:
        'Simplify the schema: types, enum, const, properties, items, anyOf, $ref, lengths, ranges and patterns work.',
      cause,
    });
    this.place = place;
  }
}

const TYPES = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']);

/** Keywords that hold schemas: one, a list, or a map. */
const ONE = ['items', 'additionalProperties', 'unevaluatedProperties', 'unevaluatedItems'];
const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const MAPS = ['properties', '$defs', 'definitions'];

/** Keywords about values that are enforced. */
const VALUES = [
  ...['type', 'enum', 'const', 'required', '$ref', 'minItems', 'maxItems', 'minLength', 'maxLength', 'pattern'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
];
const ANNOTATIONS = ['$schema', '$id', '$comment', 'title', 'description', 'default', 'examples', 'deprecated'];
/** Of which the grammar takes the first it meets, and nothing that stands beside it. */
const ALONE = ['$ref', 'const', 'enum', 'anyOf', 'oneOf', 'allOf'];
const BESIDE = new Set([...ANNOTATIONS, '$defs', 'definitions']);
const KNOWN = new Set([...ONE, ...LISTS, ...MAPS, ...VALUES, ...ANNOTATIONS]);

/** Throws SchemaError. */
export function checkSchema(root: unknown): void {
  const visit = (schema: unknown, place: string): void => {
    if (typeof schema === 'boolean' && place !== '') return;
    if (!isObject(schema)) throw new SchemaError(place, 'a schema is an object');
    for (const [keyword, value] of Object.entries(schema)) {
      const at = `${place}/${keyword}`;
      if (!KNOWN.has(keyword)) throw new SchemaError(at, 'this keyword would not be enforced');
      if (ONE.includes(keyword)) visit(value, at);
      else if (LISTS.includes(keyword)) {
        if (!Array.isArray(value) || value.length === 0) throw new SchemaError(at, 'a list of schemas is needed');
        if (keyword === 'allOf' && value.length > 1) throw new SchemaError(at, 'only one schema can be taken');
        value.forEach((item, index) => visit(item, `${at}/${index}`));
      } else if (MAPS.includes(keyword)) {
        if (!isObject(value)) throw new SchemaError(at, 'a map of schemas is needed');
        for (const [name, item] of Object.entries(value)) visit(item, `${at}/${name}`);
      } else checkValue(root, keyword, value, at);
    }
    checkTogether(schema, place);
  };
  visit(root, '');
}

const BOUNDS = [
  ['minItems', 'maxItems'],
  ['minLength', 'maxLength'],
  ['minimum', 'maximum'],
  ['exclusiveMinimum', 'exclusiveMaximum'],
  ['minimum', 'exclusiveMaximum'],
  ['exclusiveMinimum', 'maximum'],
] as const;

/** Keywords that no value can keep together, or of which one would be passed over, and names that no property would be written for. */
function checkTogether(schema: Record<string, unknown>, place: string): void {
  for (const [lower, upper] of BOUNDS) {
    const [from, to] = [schema[lower], schema[upper]];
    const isOpen = lower.startsWith('exclusive') || upper.startsWith('exclusive');
    if (typeof from === 'number' && typeof to === 'number' && (from > to || (isOpen && from === to))) {
      throw new SchemaError(`${place}/${lower}`, `${from} leaves nothing below the ${upper} of ${to}`);
    }
  }
  const alone = ALONE.find((keyword) => keyword in schema);
  const others = Object.keys(schema).filter((keyword) => keyword !== alone && !BESIDE.has(keyword));
  // The type of listed values says nothing that they don't.
  const passedOver = others.find((keyword) => keyword !== 'type' || (alone !== 'enum' && alone !== 'const'));
  if (alone !== undefined && passedOver !== undefined) {
    throw new SchemaError(`${place}/${passedOver}`, `beside ${alone} this keyword would not be enforced`);
  }
  const length = ['minLength', 'maxLength'].find((keyword) => keyword in schema);
  if (length !== undefined && 'pattern' in schema) {
    throw new SchemaError(`${place}/${length}`, 'beside pattern this keyword would not be enforced');
  }
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const missing = ((schema['required'] ?? []) as string[]).find((name) => !Object.hasOwn(properties, name));
  if (missing !== undefined) throw new SchemaError(`${place}/required`, `${missing} is not among the properties`);
}

function checkValue(root: unknown, keyword: string, value: unknown, at: string): void {
  if (keyword === 'type') {
    const types = Array.isArray(value) ? value : [value];
    const unknown = types.find((type) => typeof type !== 'string' || !TYPES.has(type)) as unknown;
    if (unknown !== undefined || types.length === 0)
      throw new SchemaError(at, `unknown type ${JSON.stringify(unknown)}`);
  } else if (keyword === 'enum' && (!Array.isArray(value) || value.length === 0)) {
    throw new SchemaError(at, 'a list of values is needed');
  } else if (keyword === 'required' && !(Array.isArray(value) && value.every((name) => typeof name === 'string'))) {
    throw new SchemaError(at, 'a list of names is needed');
  } else if (/^(min|max)(Items|Length)$/.test(keyword) && !(Number.isInteger(value) && (value as number) >= 0)) {
    throw new SchemaError(at, 'a whole number is needed');
  } else if (/imum$/i.test(keyword) && typeof value !== 'number') {
    throw new SchemaError(at, 'a number is needed');
  } else if (keyword === 'pattern') {
    checkPattern(value, at);
  } else if (keyword === '$ref') {
    checkReference(root, value, at);
  }
}

function checkPattern(value: unknown, at: string): void {
  try {
    new RegExp(value as string, 'u');
  } catch (error) {
    throw new SchemaError(at, 'this is no regular expression', error);
  }
  if (typeof value !== 'string') throw new SchemaError(at, 'a regular expression is needed');
  if (/\(\?[=!<]|\\[bBpPk1-9]/.test(value)) {
    throw new SchemaError(at, 'look-arounds, borders, classes by property and back-references are not enforced');
  }
}

function checkReference(root: unknown, value: unknown, at: string): void {
  if (typeof value !== 'string' || !/^#(\/|$)/.test(value))
    throw new SchemaError(at, 'only references into itself (#/…) work');
  let target: unknown = root;
  for (const part of value.split('/').slice(1)) {
    target = isObject(target) || Array.isArray(target) ? (target as Record<string, unknown>)[part] : undefined;
  }
  if (target === undefined) throw new SchemaError(at, `${value} leads nowhere`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
