"""One Python AST statement in, its lines of text out. The only module that imports astor.

astor chooses the tokens and the parentheses; the lines are broken here, at the shallowest brackets that make them fit.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # astor asks for ast.Num and the like, deprecated since 3.12
    from astor.code_gen import SourceGenerator, set_precedence, to_source
    from astor.op_util import Precedence

WIDTH = 100
_OPERATORS = frozenset(
    f" {op} "
    for line in ("+ - * / // % @ ** << >> & | ^", "== != < <= > >= and or in is if else")
    for op in line.split()
)
_ASSIGNMENTS = frozenset(["=", "+=", "-=", "*=", "/=", "//=", "%=", "@=", "**=", "<<=", ">>=", "&=", "|=", "^="])


def _quoted(text: str, embedded: int, current_line: str, uni_lit: bool = False) -> str:
    """A docstring in triple quotes, any other string in double quotes where that needs no escapes."""
    if not embedded:
        escaped = text.replace("\\", "\\\\").replace('"""', r"\"\"\"")
        return f'"""{escaped}"""'
    if not (text.isascii() and text.isprintable()) or '"' in text:
        return repr(text)
    escaped = text.replace("\\", "\\\\")
    return f'"{escaped}"'


class _Generator(SourceGenerator):  # type: ignore[misc]  # astor is untyped
    """astor's generator without the parentheses that it prints too many, and with those that help a reader."""

    bare: ast.expr | None = None

    def visit_Dict(self, node: ast.Dict) -> None:
        set_precedence(Precedence.Comma, [key for key in node.keys if key is not None])
        super().visit_Dict(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """An f-string; with expressions that hold quotes of both kinds, a call of `format`, which means the same."""
        text = _f_string(node)
        if text is not None:
            self.write(text)
            return
        holes: list[ast.expr] = []
        template = _template(node, holes)
        self.visit(ast.Call(ast.Attribute(ast.Constant(template), "format"), holes, []))

    def visit_Assign(self, node: ast.Assign) -> None:
        if isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
            self.bare = node.value  # a, b = b, a
        super().visit_Assign(node)

    def visit_Tuple(self, node: ast.Tuple) -> None:
        if isinstance(node.ctx, ast.Load) and node is not self.bare and self.get__pp(node) == Precedence.Assign:
            set_precedence(Precedence.Comma, node)  # saved = (a, b), not saved = a, b
        super().visit_Tuple(node)


_CONVERSIONS = {-1: "", 115: "!s", 114: "!r", 97: "!a"}


def _f_string(node: ast.JoinedStr) -> str | None:
    """The text of an f-string; None where its expressions leave no quotes for it, as before Python 3.12."""
    pieces: list[str] = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            spec = "" if part.format_spec is None else _spec(part.format_spec)
            if spec is None:
                return None
            value = expression_text(part.value)
            value = f"({value})" if isinstance(part.value, ast.Tuple) else value
            pieces.append(f"{{{' ' * value.startswith('{')}{value}{_CONVERSIONS[part.conversion]}{spec}}}")
        else:
            pieces.append("")
    inside = "".join(pieces)
    if "\\" in inside or ('"' in inside and "'" in inside):
        return None
    quote = "'" if '"' in inside else '"'
    for k, part in enumerate(node.values):
        if isinstance(part, ast.Constant):
            pieces[k] = _inside(str(part.value), quote).replace("{", "{{").replace("}", "}}")
    return f"f{quote}{''.join(pieces)}{quote}"


def _spec(node: ast.expr) -> str | None:
    """The format of a piece of an f-string, after its colon."""
    assert isinstance(node, ast.JoinedStr)
    text = _f_string(node)
    return None if text is None else f":{text[2:-1]}"


def _inside(text: str, quote: str) -> str:
    """A string as it stands between quotes of one kind."""
    escaped = repr(f'"{text}')[2:-1]  # with a double quote in it, repr uses single ones
    return escaped if quote == "'" else escaped.replace("\\'", "'").replace('"', '\\"')


def _template(node: ast.expr, holes: list[ast.expr]) -> str:
    """An f-string as `str.format` has it, which counts its holes from left to right."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_template(part, holes) for part in node.values)
    if isinstance(node, ast.Constant):
        return str(node.value).replace("{", "{{").replace("}", "}}")
    assert isinstance(node, ast.FormattedValue)
    holes.append(node.value)
    spec = "" if node.format_spec is None else f":{_template(node.format_spec, holes)}"
    return f"{{{_CONVERSIONS[node.conversion]}{spec}}}"


def print_statement(node: ast.stmt, indent: int = 0) -> list[str]:
    """The lines of one simple statement.

    >>> print_statement(ast.parse("y = (a * b) + {'W': -x**2}['W']").body[0])
    ['y = a * b + {"W": -x ** 2}["W"]']
    """
    return _layout(_tokens(node), indent, 4)


def print_header(node: ast.stmt, indent: int = 0, keyword: str | None = None) -> list[str]:
    """The lines of a compound statement up to its colon; `keyword` replaces the first word (elif for if)."""
    tokens = _tokens(node)
    if "\n" in tokens:
        tokens = tokens[: tokens.index("\n")]
    if keyword is not None:
        _, _, rest = tokens[0].partition(" ")
        tokens[0] = f"{keyword} {rest}"
    return _layout(tokens, indent, 8)


def expression_text(node: ast.expr) -> str:
    """The text of an expression on one line."""
    return "".join(_tokens(ast.Expr(node)))


def _tokens(node: ast.stmt) -> list[str]:
    """What astor prints, as tokens; a line break is a token of its own."""
    found: list[str] = []

    def keep(tokens: list[str]) -> str:
        found.extend(tokens)
        return ""

    to_source(node, pretty_string=_quoted, pretty_source=keep, source_generator_class=_Generator)
    while found and not found[-1].strip():
        found.pop()
    while found and not found[0].strip():
        found.pop(0)
    return ["\n" if token.strip(" ").startswith("\n") and not token.strip() else token for token in found if token]


def _layout(tokens: list[str], indent: int, hanging: int) -> list[str]:
    pad = " " * indent
    text = "".join(tokens)
    if "\n" in text:
        return [pad + line if k == 0 else line for k, line in enumerate(text.split("\n"))]
    if len(pad) + len(text) <= WIDTH:
        return [pad + text]
    depths = list(_depths(tokens))
    if hanging == 4 and _value_is_operation(tokens):
        tokens = _parenthesized(tokens)
        depths = list(_depths(tokens))
    deepest = max(depth for depth, _ in depths)
    lines = [pad + text]
    for allowed in range(1, deepest + 1):
        lines = _fill(tokens, [ok and 1 <= depth <= allowed for depth, ok in depths], pad, " " * (indent + hanging))
        if max(map(len, lines)) <= WIDTH:
            break
    return lines


def _depths(tokens: list[str]) -> Iterator[tuple[int, bool]]:
    """For each token, how many brackets are open around it, and whether a line may break before it."""
    depth, after_comma = 0, False
    for token in tokens:
        if token[0] in ")]}":
            depth -= 1
        yield depth, after_comma or token in _OPERATORS
        if token in ("(", "[", "{"):
            depth += 1
        after_comma = token == ", "


def _fill(tokens: list[str], may_break: list[bool], pad: str, hanging: str) -> list[str]:
    """Pieces between the places where a line may break, as many to a line as fit."""
    pieces: list[str] = []
    for token, ok in zip(tokens, may_break, strict=True):
        if ok or not pieces:
            pieces.append(token)
        else:
            pieces[-1] += token
    lines = [pad + pieces[0]]
    for piece in pieces[1:]:
        if len(lines[-1]) + len(piece.rstrip()) <= WIDTH:
            lines[-1] += piece
        else:
            lines.append(hanging + piece.lstrip())
    return [line.rstrip() for line in lines]


def _value_is_operation(tokens: list[str]) -> bool:
    """Whether an operator stands outside all brackets: its operands then go to lines of their own."""
    return any(depth == 0 and token in _OPERATORS for token, (depth, _) in zip(tokens, _depths(tokens), strict=True))


def _parenthesized(tokens: list[str]) -> list[str]:
    """The same statement with its value in parentheses, so that it can be broken."""
    starts = [k for k, (depth, _) in enumerate(_depths(tokens)) if depth == 0 and tokens[k].strip() in _ASSIGNMENTS]
    first = starts[-1] + 1 if starts else 2 if tokens[:2] == ["return", " "] else None
    return tokens if first is None else [*tokens[:first], "(", *tokens[first:], ")"]
