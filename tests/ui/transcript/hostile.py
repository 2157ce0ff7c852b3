"""Answers that try to act by themselves. `WEB` and `FILE` stand for a server and a picture that must not be touched."""

from __future__ import annotations

from typing import Any, Final

FETCHING: Final = {
    "markdown image": "![x](http://WEB/a.png)",
    "markdown image of a file": "![x](file://FILE) ![y](FILE)",
    "image by reference": "![x][1]\n\n[1]: http://WEB/a.png",
    "image as a link": "[![x](http://WEB/a.png)](http://WEB/)",
    "html image": '<img src="http://WEB/a.png"><img src="file://FILE"><img src="FILE">',
    "html in a line": 'Look <img src="http://WEB/a.png" onerror="x"> here <b>and</b> there.',
    "html frame": '<iframe src="http://WEB/"></iframe>\n<object data="http://WEB/x"></object><embed src="http://WEB/">',
    "style": '<style>@import "http://WEB/x.css"; body{background:url(http://WEB/y.png)}</style>\n\nText.',
    "font": "<style>@font-face{font-family:x;src:url(http://WEB/f.ttf)}</style><p style='font-family:x'>x</p>",
    "linked style": '<link rel="stylesheet" href="http://WEB/x.css"><link rel="prefetch" href="http://WEB/y">',
    "script": '<script src="http://WEB/x.js"></script><script>fetch("http://WEB/")</script>',
    "drawing": '<svg><image href="http://WEB/x.png"/><use xlink:href="file://FILE"/></svg>',
    "meta": '<meta http-equiv="refresh" content="0;url=http://WEB/">',
    "media": '<video src="http://WEB/v" autoplay poster="FILE"></video><audio src="http://WEB/a" autoplay></audio>',
    "html in a table": "| a | b |\n|---|---|\n| <img src='http://WEB/a.png'> | ![x](FILE) |",
    "html in a heading": "# <img src='file://FILE'> Title",
    "html as a link": '<a href="http://WEB/"><img src="FILE"></a>',
    "html in a link's target": "[hover](<https://a.example/<img src='FILE'>>)",
    "html in a link's title": "[hover](https://a.example \"<img src='file://FILE'>\")",
    "html as a language": "```<img/src='FILE'>\ncode\n```",
    "html in a footnote": "See[^1].\n\n[^1]: <img src='http://WEB/a.png'>",
    "maths that includes": "$$\\includegraphics{FILE} \\input{FILE}$$ and $\\href{http://WEB/}{x} \\url{http://WEB/}$",
    "diagram with a picture": '```mermaid\ngraph TD\n A["<img src=\'http://WEB/a.png\'/>"]-->B\n click A "http://WEB/"\n```',
    "bare addresses": "http://WEB/ <http://WEB/> www.WEB",
}

SCHEMES: Final = {
    "script": "[x](javascript:alert(1)) <javascript:alert(1)>",
    "script in capitals": "[x](JaVaScRiPt:alert(1))",
    "script with entities": "[x](java&#115;cript:alert(1)) [y](&#x6A;avascript&colon;alert(1))",
    "script with controls": "[x](\x01javascript:alert(1)) [y](java\tscript:alert(1)) [z](<java\nscript:alert(1)>)",
    "script behind blanks": "[x](<  javascript:alert(1)>)",
    "script by reference": "[x][1]\n\n[1]: javascript:alert(1)",
    "data": "[x](data:text/html;base64,PHNjcmlwdD4=) ![y](data:image/svg+xml,<svg/>)",
    "file": "[x](file:///etc/passwd) <file:///etc/passwd> [y](/etc/passwd) [z](../secret)",
    "share": "[x](\\\\host\\share) [y](//host/share) [z](smb://host/share)",
    "programs": "[x](vscode://file/etc) [y](ms-msdt:/id) [z](x-apple:run) [w](tel:123) [v](ssh://host)",
    "hidden host": "[x](https://good.example\\\\@evil.example/) [y](https:\\\\evil.example)",
    "half addresses": "[x](https:) [y](https://) [z](mailto:) [w](#top) [v]()",
    "turned around": "[x](https://a.example/\u202egnp.exe)",
}

HIDDEN: Final = {
    "terminal colours": "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b]8;;http://evil.example\x07link\x1b]8;;\x07",
    "terminal colours in code": "```\n\x1b[2J\x1b[1;1Hgone\x07\x08\x7f\n```",
    "c1 controls": "a\x9b31mb\x85c\x90d",
    "null": "a\x00b\x00",
    "overrides": "if access \u202e\u2066// admin\u2069 \u2066 {\u2066\u2069\u202c\u202d\u202a\u202b",
    "overrides in code": "```c\nif (a) /*\u202e } \u2066if (admin)\u2069 \u2066 begin */\n```",
    "overrides in inline code": "`a\u202eb\u2066c`",
    "overrides in a table": "| a\u202eb |\n|---|\n| \u2067c\u2069 |",
    "overrides in a link": "[a\u202eb](https://a.example)",
    "tag characters": "Hi\U000e0049\U000e0067\U000e006e\U000e006f\U000e0072\U000e0065",
    "line separators": "a\u2028b\u2029c\x0bd\x0ce",
    "byte order mark": "a\ufeffb\ufff9c\ufffad\ufffb",
}

FLOODS: Final = {
    "nested quotes": "> " * 2000 + "the end",
    "nested lists": "".join("  " * depth + "- item\n" for depth in range(150)) + "\nthe end",
    "open brackets": "[" * 20_000 + "the end",
    "open links": "[a](" * 5_000 + "the end",
    "open emphasis": "*a **b " * 3_000 + "the end",
    "backticks": "".join("`" * (count % 100 + 1) + "x " for count in range(300)) + "the end",
    "wide table": "|" + "a|" * 500 + "\n|" + "-|" * 500 + "\n|" + "b|" * 500 + "\n\nthe end",
    "pile of accents": "a" + "\u0301" * 5_000 + " the end",
    "joined emoji": "👩‍👩‍👧‍👦" * 1_000 + " the end",
    "one word": "x" * 100_000 + " the end",
    "html": "<div>" * 5_000 + "the end",
    "dollars": "$" * 5_000 + " the end",
    "footnotes": "".join(f"[^{number}] " for number in range(200)) + "\n\nthe end",
    "definitions": "".join(f"[{number}]: http://a.example/{number}\n" for number in range(2_000)) + "\nthe end",
    "rules": "---\n\n" * 1_000 + "the end",
}

_DEEP: Any = "x"
for _ in range(5_000):
    _DEEP = [_DEEP]

BLOCKS: Final[dict[str, dict[str, Any]]] = {
    "type is a number": {"type": 5},
    "no type": {},
    "type is markup": {"type": "<img src='FILE'>"},
    "text is a list": {"type": "text", "text": ["a"]},
    "text is null": {"type": "text", "text": None},
    "thinking is a number": {"type": "thinking", "thinking": 7},
    "citations of wrong kinds": {
        "type": "text",
        "text": "Cited.",
        "citations": [
            {"url": "javascript:alert(1)", "title": "<img src='FILE'>"},
            {"url": ["x"], "title": {"a": 1}},
            "x",
        ],
    },
    "citations are a word": {"type": "text", "text": "Cited.", "citations": "none"},
    "tool with markup": {"type": "tool_use", "id": "t", "name": "<img src='FILE'>\x1b[31m", "input": {"a": "\u202eb"}},
    "tool without fields": {"type": "tool_use"},
    "input is a list": {"type": "tool_use", "name": ["x"], "input": [1, 2]},
    "deep input": {"type": "tool_use", "name": "deep", "input": {"a": _DEEP}},
    "remote picture": {"type": "image", "source": {"type": "url", "url": "http://WEB/a.png"}},
    "picture of a file": {"type": "image", "source": {"type": "file", "path": "FILE"}},
    "broken picture": {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "@@@"}},
    "unknown": {"type": "hologram", "src": "http://WEB/h", "html": "<img src='FILE'>"},
}
