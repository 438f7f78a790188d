"""``bystander models``: what is carried, and that it is what the lock says."""

from __future__ import annotations

from bystander.cli import console


def models() -> None:
    """List the models and samples that are carried, with digests and licences, and check them."""
    from bystander import detect

    assets = detect.read_lock()
    for asset in assets:
        console.out(f"{asset.name}: {asset.role}, from {asset.package}")
        console.out(f"  sha256   {asset.sha256}")
        console.out(f"  licence  {asset.licence}, text in {asset.licence_path}")
        console.out(f"  file     {asset.path}")
        console.out(f"  {asset.note}")
    for asset in assets:
        asset.check()
    console.out(f"all {len(assets)} are present and as the lock has them")
