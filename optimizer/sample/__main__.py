"""`python -m optimizer.sample DIR` writes the tables of the sample county into DIR."""

import argparse
from pathlib import Path

from optimizer.sample.workspace import SEED, write_county

parser = argparse.ArgumentParser(prog="python -m optimizer.sample", description="Write the tables of the sample county.")
parser.add_argument("folder", type=Path, help="folder to write into, as inputs/sample")
parser.add_argument("--seed", type=int, default=SEED, help="another seed makes another county")
arguments = parser.parse_args()
write_county(arguments.folder, arguments.seed)
