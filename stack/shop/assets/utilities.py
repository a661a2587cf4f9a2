"""The style sheet's utility classes: spacing, type, colour and grid steps, for narrow and wide windows."""

SIDES = {"": "", "t": "-top", "b": "-bottom", "x": "-inline", "y": "-block"}
COLOURS = {"ink": "--ink", "soft": "--soft", "accent": "--accent", "card": "--card", "line": "--line"}
WINDOWS = {"": None, "m-": "48rem", "l-": "72rem"}


def css() -> str:
    parts = ["\n/* Utilities, made by utilities.py. */\n"]
    for prefix, window in WINDOWS.items():
        rules = "".join(f".{prefix}{name} {{ {body}; }}\n" for name, body in utilities())
        parts.append(rules if window is None else f"@media (min-width: {window}) {{\n{rules}}}\n")
    return "".join(parts)


def utilities():
    for short, name in (("m", "margin"), ("p", "padding")):
        for side, suffix in SIDES.items():
            for step in range(0, 9):
                yield f"{short}{side}-{step}", f"{name}{suffix}: {step * 0.25:g}rem"
    for step in range(1, 13):
        yield f"columns-{step}", f"display: grid; grid-template-columns: repeat({step}, minmax(0, 1fr))"
        yield f"span-{step}", f"grid-column: span {step}"
        yield f"width-{step}", f"inline-size: {step / 12:.4%}"
    for step in range(1, 9):
        yield f"text-{step}", f"font-size: {0.75 + step * 0.125:g}rem; line-height: {1.6 - step * 0.05:.2f}"
        yield f"gap-{step}", f"gap: {step * 0.25:g}rem"
        yield f"round-{step}", f"border-radius: {step * 0.125:g}rem"
    for name, variable in COLOURS.items():
        yield f"ink-{name}", f"color: var({variable})"
        yield f"fill-{name}", f"background-color: var({variable})"
        yield f"edge-{name}", f"border: 1px solid var({variable})"
    for name in ("flex", "grid", "block", "inline-block", "none"):
        yield f"show-{name}", f"display: {name}"
    for name in ("start", "center", "end", "stretch"):
        yield f"align-{name}", f"align-items: {name}"
        yield f"text-{name}", f"text-align: {'justify' if name == 'stretch' else name}"
