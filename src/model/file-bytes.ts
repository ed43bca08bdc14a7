// An array's bytes to and from a place in an open file, in as many calls as the system takes for them.
import type { FileHandle } from 'node:fs/promises';

/** One call moves at most 2 GiB on Linux. */
const MAX_STEP = 1 << 30;

/** Fills `array` from byte `at` of the file on, and gives how many bytes that were: fewer where the file ends before. */
export async function readAt(file: FileHandle, array: ArrayBufferView, at: number): Promise<number> {
  const bytes = bytesOf(array);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, Math.min(MAX_STEP, bytes.length - done), at + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/** Writes all of `array` at byte `at` of the file. */
export async function writeAt(file: FileHandle, array: ArrayBufferView, at: number): Promise<void> {
  const bytes = bytesOf(array);
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
