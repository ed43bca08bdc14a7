import { expect, test } from 'vitest';
import { ByteReader, ByteWriter, packAscending, unpackAscending } from '../../../src/store/full-text/varint.ts';

test('numbers from 0 to the largest of 31 bits come back, in one byte up to 127', () => {
  const values = [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 2 ** 31 - 1];
  const writer = new ByteWriter();
  const lengths = values.map((value) => {
    writer.varint(value);
    return writer.bytes().length;
  });
  expect(lengths.slice(0, 4)).toEqual([1, 2, 3, 5]);
  const reader = new ByteReader(writer.bytes());
  expect(values.map(() => reader.varint())).toEqual(values);
  expect(reader.done).toBe(true);
});

test('a writer grows past its first buffer and starts over when cleared', () => {
  const writer = new ByteWriter();
  for (let i = 0; i < 20_000; i++) writer.varint(i);
  const reader = new ByteReader(writer.bytes());
  for (let i = 0; i < 20_000; i++) expect(reader.varint()).toBe(i);
  writer.clear();
  expect(writer.bytes()).toHaveLength(0);
});

test('ascending numbers come back', () => {
  const values = [3, 4, 900, 900_000];
  expect(unpackAscending(packAscending(values))).toEqual(values);
  expect(unpackAscending(packAscending([]))).toEqual([]);
});
