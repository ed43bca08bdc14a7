"""The conformance cases in PyTorch transformers in half precision on a GPU: which greedy tokens differ from float32's there.

usage: transformers_half.py FOLDER KIND; FOLDER holds the conformance checkpoints. Prints one JSON object: by case, the places of
tokens that differ, given the reference's tokens before them, in float16 and in bfloat16.
"""
import json
import sys

import torch
from safetensors.torch import load_file
from transformers import AutoModelForImageTextToText

MEDIA = ["pixel_values", "image_grid_thw", "pixel_values_videos", "video_grid_thw"]


def main():
    folder, kind = f"{sys.argv[1]}/{sys.argv[2]}", sys.argv[2]
    with open(f"{folder}/cases.json") as file:
        names = [case["name"] for case in json.load(file)["cases"]]
    result = {name: {} for name in names}
    for label, dtype in [("float16", torch.float16), ("bfloat16", torch.bfloat16)]:
        model = AutoModelForImageTextToText.from_pretrained(f"{folder}/model", dtype=dtype).cuda().eval()
        for name in names:
            result[name][label] = differing(model, load_file(f"{folder}/{name}.safetensors"), dtype)
    print(json.dumps(result))


@torch.inference_mode()
def differing(model, case, dtype):
    greedy = case["greedy"].reshape(1, -1)
    # All but the last token are given, so that a token that differs doesn't lead the following ones astray.
    inputs = {"input_ids": torch.cat([case["input_ids"], greedy[:, :-1]], 1)}
    types = case["mm_token_type_ids"]
    inputs["mm_token_type_ids"] = torch.cat([types, torch.zeros_like(greedy[:, :-1], dtype=types.dtype)], 1)
    for name in MEDIA:
        if name in case:
            inputs[name] = case[name].to(dtype) if name.startswith("pixel") else case[name]
    inputs = {name: tensor.cuda() for name, tensor in inputs.items()}
    logits = model(**inputs, attention_mask=torch.ones_like(inputs["input_ids"])).logits[0, -greedy.shape[1]:]
    best = logits.float().argmax(-1).cpu()
    return [i for i, (ours, theirs) in enumerate(zip(best.tolist(), greedy[0].tolist())) if ours != theirs]


main()
