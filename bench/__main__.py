"""The measured promises of product.md 15: `make bench`, or one part with ONLY=part. JSON on the last line."""

from __future__ import annotations

import argparse
import importlib
import json

PARTS = {"first_code": "bench.first_code", "import": "bench.seed_import"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--only", choices=tuple(PARTS))
    parser.add_argument("--scale", choices=("small", "full"), default="small")
    arguments = parser.parse_args()
    figures: dict[str, object] = {}
    for part in [arguments.only] if arguments.only else PARTS:
        figures[part] = importlib.import_module(PARTS[part]).measure(full=arguments.scale == "full")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
