import { describe, expect, it } from 'vitest';
import { checkSchema } from '../../../src/model/constrain/schema-check.ts';

describe('checkSchema', () => {
  it.each<[string, unknown, string]>([
    ['a schema that is a list', [], ''],
    ['a schema that is true', true, ''],
    ['an unknown type', { properties: { a: { type: 'float' } } }, '/properties/a/type'],
    ['not', { not: { type: 'string' } }, '/not'],
    ['if and then', { anyOf: [{ if: {} }] }, '/anyOf/0/if'],
    ['uniqueItems', { type: 'array', uniqueItems: true }, '/uniqueItems'],
    ['multipleOf', { type: 'number', multipleOf: 3 }, '/multipleOf'],
    ['two schemas in allOf', { allOf: [{}, {}] }, '/allOf'],
    ['an empty anyOf', { anyOf: [] }, '/anyOf'],
    ['an empty enum', { enum: [] }, '/enum'],
    ['a reference that leads nowhere', { items: { $ref: '#/$defs/x' } }, '/items/$ref'],
    ['a reference to another file', { $ref: 'other.json' }, '/$ref'],
    ['an open bracket in a pattern', { type: 'string', pattern: '(' }, '/pattern'],
    ['a look-ahead', { type: 'string', pattern: 'a(?=b)' }, '/pattern'],
    ['a negative length', { maxLength: -1 }, '/maxLength'],
    ['a minimum that is text', { minimum: '1' }, '/minimum'],
    ['a name list that is text', { required: 'a' }, '/required'],
    ['a name that is no property', { properties: { a: {} }, required: ['a', 'b'] }, '/required'],
    ['a name where there are no properties', { items: { required: ['a'] } }, '/items/required'],
    ['a least number above the largest', { type: 'integer', minimum: 5, maximum: 2 }, '/minimum'],
    ['bounds with nothing between them', { exclusiveMinimum: 1, maximum: 1 }, '/exclusiveMinimum'],
    ['what stands beside a choice', { type: 'object', properties: { a: {} }, anyOf: [{}] }, '/type'],
    ['a bound beside a reference', { $ref: '#/$defs/a', minimum: 1, $defs: { a: {} } }, '/minimum'],
    ['a length beside a pattern', { type: 'string', pattern: 'a', minLength: 2 }, '/minLength'],
    ['more items than there may be', { items: { minItems: 3, maxItems: 2 } }, '/items/minItems'],
  ])('refuses %s and names the place', (_what, schema, place) => {
    expect(() => checkSchema(schema)).toThrow(expect.objectContaining({ code: 'SCHEMA', place }));
  });

  it('accepts annotations, definitions and booleans where schemas stand', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'x',
      type: 'object',
      properties: { a: { $ref: '#/$defs/a', description: 'd' }, any: true, b: { type: 'string', enum: ['x'] } },
      required: ['a'],
      additionalProperties: false,
      $defs: { a: { type: ['string', 'null'], description: 'd', default: null } },
    };
    expect(() => checkSchema(schema)).not.toThrow();
  });
});
