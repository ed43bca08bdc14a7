// What `lectern doctor` finds out about the model server: whether one answers, and how a model there is shown clips.
import { serverAddress, DEFAULT_SERVER_URL, type Config } from '../src/config.ts';
import { toErrorDetail } from '../src/errors.ts';
import { probeServer, type ServerProbe } from '../src/model/remote/probe-server.ts';
import { absent, broken, ok, type Finding } from './finding.ts';

/** Nobody wants to wait for a server that hangs to know that it hangs. */
const PATIENCE_MS = 10_000;

export async function checkServer(config: Config): Promise<Finding> {
  const isAsked = config.engine === 'openai';
  if (!isAsked && config.serverUrl === DEFAULT_SERVER_URL) {
    const remedy = 'To use one, set LECTERN_SERVER_URL to its address and choose --engine openai.';
    return absent('none is named', remedy);
  }
  const address = serverAddress(config);
  try {
    const probe = await probeServer({ ...address, timeoutMs: Math.min(address.timeoutMs, PATIENCE_MS) });
    return ok(describe(probe));
  } catch (error) {
    const { message, remedy } = toErrorDetail(error);
    return (isAsked ? broken : absent)(message, remedy);
  }
}

/** `Qwen/Qwen3-VL-8B-Instruct at http://127.0.0.1:8000/v1 (vllm 0.25.1), 32768 tokens, clips with their true times` */
function describe({ url, model, software, version, contextTokens, takesTimedFrames }: ServerProbe): string {
  const program = software === 'unknown' ? '' : ` (${[software, version].filter(Boolean).join(' ')})`;
  const context = contextTokens === undefined ? '' : `, ${contextTokens} tokens`;
  const clips = takesTimedFrames ? 'clips with their true times' : 'clips as pictures with times between them';
  return `${model} at ${url}${program}${context}, ${clips}`;
}
