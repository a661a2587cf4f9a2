"""Makes the shop's assets: pictures, font, style sheet, script, search terms.

    generate.py SOURCE OUT

SOURCE holds `assets/`, `search-terms.txt` and `Version.php`. The same input
gives the same output; randomness is seeded by what is being drawn.
"""

import gzip
import json
import pathlib
import re
import subprocess
import sys

import icons
import pictures
import utilities

# Latin letters and what European shops print; the rest of the font would only
# be carried along.
CHARACTERS = "U+0020-007E,U+00A0-017F,U+2010-2027,U+20AC,U+2190-2193,U+00D7,U+2212"
COMPRESSED = {".css", ".js", ".json", ".svg"}


def main(source: pathlib.Path, out: pathlib.Path) -> None:
    assets = source / "assets"
    version = asset_version(source / "Version.php")
    out.mkdir(parents=True, exist_ok=True)
    write(out / "app.css", (assets / "app.css").read_text() + utilities.css(), version)
    write(out / "app.js", icons.script() + (assets / "app.js").read_text(), version)
    write(out / "logo.svg", (assets / "logo.svg").read_text(), version)
    terms = (source / "search-terms.txt").read_text().split("\n")
    write(out / "search-terms.json", json.dumps([term for term in terms if term]), version)
    font("Regular", out / "shop.woff2")
    font("SemiBold", out / "shop-bold.woff2")
    pictures.write_all(out)
    compress(out)
    report(out)


def asset_version(path: pathlib.Path) -> str:
    found = re.search(r"const ASSETS = '([^']+)'", path.read_text())
    if found is None:
        sys.exit(f"{path}: no constant ASSETS in it")
    return found.group(1)


def write(path: pathlib.Path, text: str, version: str) -> None:
    # The page preloads the font; the style sheet must name the very
    # same address, or the browser fetches it twice.
    path.write_text(text.replace("@VERSION@", version))


def font(style: str, out: pathlib.Path) -> None:
    found = sorted(pathlib.Path("/usr/share/fonts").rglob(f"Inter-{style}.[ot]tf"))
    if not found:
        sys.exit(f"generate.py: no Inter-{style} under /usr/share/fonts")
    subprocess.run(
        [
            sys.executable, "-m", "fontTools.subset", str(found[0]), f"--unicodes={CHARACTERS}",
            "--flavor=woff2", "--layout-features=kern,liga,calt,tnum", f"--output-file={out}",
        ],
        check=True,
    )


def compress(out: pathlib.Path) -> None:
    """Beforehand and at the highest level, so that Nginx need not do it for each visitor."""
    for path in sorted(out.iterdir()):
        if path.suffix in COMPRESSED:
            packed = path.with_name(path.name + ".gz")
            packed.write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def report(out: pathlib.Path) -> None:
    for path in sorted(out.iterdir()):
        if path.is_file():
            print(f"{path.stat().st_size:8} {path.name}")
    sizes = sorted(path.stat().st_size for path in (out / "products").iterdir())
    print(f"{len(sizes)} product pictures, {sizes[0]} to {sizes[-1]} bytes, {sum(sizes)} in total")


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
