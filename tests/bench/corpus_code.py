"""Code as a model writes it, in several languages, made of dice."""

from __future__ import annotations

import random
from typing import Final

_NAMES: Final = (
    "retry budget window token cache journal layout frame worker buffer chunk queue index loader parser".split()
)

_SNIPPETS: Final[dict[str, tuple[str, ...]]] = {
    "python": (
        'def {a}_{b}(items: list[int], limit: int = {n}) -> int:\n    """Keep the largest ones."""\n    total = 0\n'
        "    for item in sorted(items, reverse=True)[:limit]:\n        if item % {n} == 0 and '{a}' != 'x':\n"
        "            total += item  # counted once\n    return total\n",
        "@dataclass(frozen=True)\nclass {A}{B}:\n    name: str\n    {b}_ms: float = {n}.5\n\n"
        '    def {a}(self) -> str:\n        return f"{{self.name}}: {{self.{b}_ms:.1f}} ms"\n',
        "async with {a}.open(timeout={n}) as {b}:\n    async for event in {b}:\n        if event is None:\n"
        "            break\n        await handle(event, retries={n})\n",
    ),
    "typescript": (
        "export async function {a}{B}(url: string, tries = {n}): Promise<Response> {{\n"
        "  for (let i = 0; i < tries; i++) {{\n"
        "    const answer = await fetch(url, {{ headers: {{ 'x-{a}': `${{i}}` }} }});\n"
        "    if (answer.ok) return answer; // done\n    await sleep(2 ** i * {n});\n  }}\n"
        '  throw new Error("{b} failed");\n}}\n',
        "interface {A} {{\n  readonly id: string;\n  {b}?: Array<number | null>;\n  when: Date;\n}}\n",
    ),
    "rust": (
        "fn {a}_{b}(input: &[u8]) -> Result<Vec<{A}>, Error> {{\n    let mut found = Vec::with_capacity({n});\n"
        "    for (at, byte) in input.iter().enumerate() {{\n        match byte {{\n"
        "            b'\\n' => found.push({A}::new(at)?),\n            _ if at > {n} => break,\n            _ => {{}}\n"
        "        }}\n    }}\n    Ok(found)\n}}\n",
    ),
    "bash": (
        "$ pip install {a}-{b}=={n}.1\n$ export {A}_LIMIT={n}\n"
        "$ for f in *.log; do grep -c '{b}' \"$f\"; done | sort -n\n",
        'set -euo pipefail\nif [[ -z "${{{A}:-}}" ]]; then\n  echo "no {b}" >&2\n  exit {n}\nfi\n',
    ),
    "json": (
        '{{\n  "{a}": {{"limit": {n}, "names": ["{b}", "x"], "on": true}},\n  "{b}_ms": {n}.25,\n  "next": null\n}}\n',
    ),
    "sql": (
        "SELECT {a}.id, count(*) AS total, max({b}_at)\nFROM {a}\nJOIN {b} ON {b}.{a}_id = {a}.id\n"
        "WHERE {a}.size > {n} AND name LIKE '%{b}%'\nGROUP BY 1\nORDER BY total DESC\nLIMIT {n};\n",
    ),
    "diff": (
        "--- a/{a}.py\n+++ b/{a}.py\n"
        "@@ -{n},3 +{n},4 @@\n def {a}():\n-    return {b}\n+    if {b}:\n+        return {n}\n",
    ),
    "html": ("<section class=\"{a}\">\n  <h2 id='{b}'>{A} &amp; {B}</h2>\n  <p>{n} items</p>\n</section>\n",),
    "": ("{a}/\n├── {b}.txt\n└── {a}_{n}/\n    └── README\n", "GET /{a}/{b}?n={n} HTTP/1.1\nHost: example.org\n"),
}
_WEIGHTS: Final = (10, 4, 2, 3, 2, 2, 2, 1, 1)
_LENGTH_CHARACTERS: Final = (250, 1_500)


def code_block(dice: random.Random, language: str | None = None) -> str:
    """One fenced block, without the line end after it."""
    if language is None:
        language = dice.choices(tuple(_SNIPPETS), _WEIGHTS)[0]
    length, text = dice.randint(*_LENGTH_CHARACTERS), ""
    while len(text) < length:
        first, second = dice.choice(_NAMES), dice.choice(_NAMES)
        snippet = dice.choice(_SNIPPETS[language])
        text += snippet.format(a=first, b=second, A=first.title(), B=second.title(), n=dice.randint(2, 99)) + "\n"
    return f"```{language}\n{text.rstrip()}\n```"
