// What can go wrong between us and ONNX Runtime. The library's own message is kept word for word; everything that would
// end the process inside it (a wrong shape, a released value) is refused here, before the call.
import { LecternError } from '../../errors.ts';

/** ONNX Runtime returned a status: `ortCode` is its number (1 fail, 2 invalid argument, 3 no such file, 7 invalid protobuf, …). */
export class OrtError extends LecternError {
  readonly ortCode: number;
  /** The library's whole message. */
  readonly ortMessage: string;

  constructor(action: string, ortMessage: string, ortCode: number) {
    super(`ONNX Runtime could not ${action}: ${withoutSourcePlace(ortMessage)}`, {
      code: ortCode === 3 || ortCode === 7 ? 'MODEL_FILE_BROKEN' : 'ORT_FAILED',
      remedy: remedyFor(ortMessage, ortCode),
    });
    this.ortCode = ortCode;
    this.ortMessage = ortMessage;
  }
}

/** Drops the "file.cc:123 function … was false." that the library puts before its sentence. */
function withoutSourcePlace(ortMessage: string): string {
  return ortMessage.replace(/^\/\S+\.(?:cc|h):\d+ .* was false\. ?/s, '').trim();
}

function remedyFor(ortMessage: string, ortCode: number): string {
  if (/alloc|out of memory|OOM/i.test(ortMessage)) {
    return 'There was not enough memory: use a smaller context, smaller weights (--weights int4) or another --device.';
  }
  if (ortCode === 3 || ortCode === 7 || /external data|End of file|file size/i.test(ortMessage)) {
    return 'A model file is missing or cut short: add the model again with `lectern models add`.';
  }
  return 'Run `lectern doctor`; if it finds nothing, try `--device cpu` and report the message.';
}

/** Memory for a tensor could not be had. */
export class AllocationError extends LecternError {
  constructor(what: string, byteLength: number, cause: unknown) {
    super(`${byteLength} bytes for ${what} could not be allocated`, {
      code: 'OUT_OF_MEMORY',
      remedy:
        'There was not enough memory: use a shorter prompt, a smaller --max-tokens or smaller weights (--weights int4).',
      cause,
    });
  }
}

/** Whether memory may have run out: each device's library says so in words of its own, so that any failed run may mean it. */
export function mayBeOutOfMemory(error: unknown): boolean {
  return error instanceof OrtError || error instanceof AllocationError;
}

/** The shared library itself can't be loaded. */
export class OrtLibraryError extends LecternError {
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super(`The ONNX Runtime library could not be loaded from ${path}`, {
      code: 'ORT_LIBRARY_MISSING',
      remedy:
        'Run `npm ci` again on this platform, or point LECTERN_ONNXRUNTIME at a libonnxruntime of version 1.22 or newer.',
      cause,
    });
    this.path = path;
  }
}

/** A tensor that doesn't fit the place it is given to: unknown name, wrong element type, wrong shape. Nothing was run. */
export class TensorMismatchError extends LecternError {
  constructor(message: string) {
    super(message, {
      code: 'TENSOR_MISMATCH',
      remedy:
        'The model files and this version of Lectern disagree, or an input was built wrongly: add the model again, then report it.',
    });
  }
}

/** A tensor, session or binding was used after it was let go. */
export class ReleasedError extends LecternError {
  constructor(what: string) {
    super(`${what} was used after it had been released`, {
      code: 'RELEASED',
      remedy: 'This is a defect in Lectern; please report it with the command you ran.',
    });
  }
}

/** A device that was asked for by name can't be used. */
export class DeviceUnavailableError extends LecternError {
  readonly device: string;

  constructor(device: string, reason: string, remedy: string, cause?: unknown) {
    super(`Device ${device} can't be used: ${reason}`, { code: 'DEVICE_UNAVAILABLE', remedy, cause });
    this.device = device;
  }
}
