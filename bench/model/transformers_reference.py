"""The released shapes with random weights in PyTorch transformers (bfloat16, SDPA), measured as bench/model/gpu.ts measures ours.

usage: transformers_reference.py SHAPE CONTEXT[,CONTEXT...]; prints one JSON object.
"""
import json
import statistics
import sys
import time

import torch
from transformers import (
    Qwen3VLConfig,
    Qwen3VLForConditionalGeneration,
    Qwen3VLMoeConfig,
    Qwen3VLMoeForConditionalGeneration,
)

DENSE = dict(num_key_value_heads=8, tie_word_embeddings=True)
MOE = dict(num_key_value_heads=4, tie_word_embeddings=False, num_experts=128, num_experts_per_tok=8,
           moe_intermediate_size=768, decoder_sparse_step=1, mlp_only_layers=[], norm_topk_prob=True)
SHAPES = {
    "2B": dict(DENSE, hidden_size=2048, intermediate_size=6144, num_hidden_layers=28, num_attention_heads=16),
    "4B": dict(DENSE, hidden_size=2560, intermediate_size=9728, num_hidden_layers=36, num_attention_heads=32),
    "30B-A3B": dict(MOE, hidden_size=2048, intermediate_size=6144, num_hidden_layers=48, num_attention_heads=32),
}
SMALL_VISION = dict(depth=24, hidden_size=1024, intermediate_size=4096, deepstack_visual_indexes=[5, 11, 17])
LARGE_VISION = dict(depth=27, hidden_size=1152, intermediate_size=4304, deepstack_visual_indexes=[8, 16, 24])
FRAMES, ROWS, COLUMNS = 64, 22, 40  # 640 x 352 pixels, in patches


def main():
    shape, contexts = sys.argv[1], [int(n) for n in sys.argv[2].split(",")]
    is_moe = "num_experts" in SHAPES[shape]
    text = dict(SHAPES[shape], head_dim=128, vocab_size=151936, max_position_embeddings=262144, rope_theta=5e6,
                rope_scaling=dict(rope_type="default", mrope_section=[24, 20, 20], mrope_interleaved=True))
    vision = dict(LARGE_VISION if is_moe else SMALL_VISION, num_heads=16, out_hidden_size=text["hidden_size"],
                  num_position_embeddings=2304)
    config_class = Qwen3VLMoeConfig if is_moe else Qwen3VLConfig
    config = config_class(text_config=text, vision_config=vision, tie_word_embeddings=text["tie_word_embeddings"])
    torch.set_default_dtype(torch.bfloat16)
    with torch.device("cuda"):
        model_class = Qwen3VLMoeForConditionalGeneration if is_moe else Qwen3VLForConditionalGeneration
        model = model_class(config).eval()
    result = {"prefill": {}, "decode": {}}
    with torch.inference_mode():
        result["framesPerSecond"] = vision_rate(model)
        for context in contexts:
            try:
                result["prefill"][context], result["decode"][context] = text_rates(model, context)
            except torch.OutOfMemoryError:
                result["prefill"][context] = result["decode"][context] = None
            torch.cuda.empty_cache()
    result["memoryGB"] = torch.cuda.max_memory_reserved() / 1e9
    print(json.dumps(result))


def timed(run):
    torch.cuda.synchronize()
    started = time.perf_counter()
    run()
    torch.cuda.synchronize()
    return time.perf_counter() - started


def vision_rate(model):
    groups = FRAMES // 2
    pixels = torch.randn(groups * ROWS * COLUMNS, 1536, device="cuda", dtype=torch.bfloat16)
    grid = torch.tensor([[groups, ROWS, COLUMNS]], device="cuda")
    run = lambda: model.model.visual(pixels, grid_thw=grid)
    run()
    return FRAMES / statistics.median(timed(run) for _ in range(5))


def text_rates(model, context):
    ids = torch.randint(0, 150000, (1, context), device="cuda")
    cache = None

    def prefill():
        nonlocal cache
        cache = model.model.language_model(input_ids=ids, use_cache=True).past_key_values

    prefill()
    seconds = [timed(prefill)]
    # As for ours: the best of three, or of fewer where one takes seconds.
    while len(seconds) < 3 and sum(seconds) < 4:
        seconds.append(timed(prefill))
    rate = context / min(seconds)
    one = torch.randint(0, 150000, (1, 1), device="cuda")

    def step():
        hidden = model.model.language_model(input_ids=one, past_key_values=cache, use_cache=True).last_hidden_state
        model.lm_head(hidden).float().argmax(-1).item()

    for _ in range(4):
        step()
    return rate, 1000 * statistics.median(timed(step) for _ in range(16))


main()
