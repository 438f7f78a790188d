"""``python -m bystander``."""

from bystander.cli import main

main()
