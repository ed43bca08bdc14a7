// What can be wrong with a checkpoint folder, as one error class with a stable code per finding.
import { LecternError } from '../../errors.ts';

export type CheckpointErrorCode =
  | 'CHECKPOINT_NOT_FOUND'
  | 'CHECKPOINT_CONFIG'
  | 'CHECKPOINT_UNSUPPORTED'
  | 'CHECKPOINT_SHARD_MISSING'
  | 'CHECKPOINT_TRUNCATED'
  | 'CHECKPOINT_HEADER'
  | 'CHECKPOINT_TENSOR_MISSING'
  | 'CHECKPOINT_SHAPE'
  | 'CHECKPOINT_DTYPE'
  | 'CHECKPOINT_NOT_FINITE'
  | 'CHECKPOINT_TOKENIZER';

const DOWNLOAD_AGAIN =
  'Download the checkpoint again (`lectern models pull NAME` checks every file), or copy it completely.';

const REMEDIES: Record<CheckpointErrorCode, string> = {
  CHECKPOINT_NOT_FOUND: 'Name a folder in the Hugging Face layout: config.json, *.safetensors, tokenizer.json.',
  CHECKPOINT_CONFIG: 'Compare config.json with the one of the released checkpoint.',
  CHECKPOINT_UNSUPPORTED: 'Take a released Qwen3-VL checkpoint (dense or MoE, Instruct or Thinking) in bfloat16.',
  CHECKPOINT_SHARD_MISSING: DOWNLOAD_AGAIN,
  CHECKPOINT_TRUNCATED: DOWNLOAD_AGAIN,
  CHECKPOINT_HEADER: DOWNLOAD_AGAIN,
  CHECKPOINT_TENSOR_MISSING:
    'The weights do not belong to this config.json, or were saved without a part of the model.',
  CHECKPOINT_SHAPE: 'The weights do not belong to this config.json; take both from one release.',
  CHECKPOINT_DTYPE: 'Take the bfloat16 release; quantised (FP8, AWQ, GPTQ) checkpoints are not read.',
  CHECKPOINT_NOT_FINITE:
    'The weights are damaged, or their training went wrong: take another copy or another checkpoint.',
  CHECKPOINT_TOKENIZER: 'Take tokenizer.json (or vocab.json and merges.txt) from the released checkpoint.',
};

export class CheckpointError extends LecternError {
  declare readonly code: CheckpointErrorCode;
  /** The file or folder that was read. */
  readonly path: string;

  constructor(code: CheckpointErrorCode, path: string, message: string, cause?: unknown) {
    super(`${path}: ${message}`, { code, remedy: REMEDIES[code], cause });
    this.path = path;
  }
}
