"""Predicates as trees, their text for --where, and their truth over plain values: True, False, or None for unknown.

A tree is ("cmp", column, op, literal), ("in", column, [literals]), ("null", column), ("not", tree), ("and", tree, tree)
or ("or", tree, tree); a literal is the text of a field, as bytes.
"""
import struct

from oracle import values

OPS = ["=", "!=", "<", "<=", ">", ">="]


def columns(tree):
    if tree[0] in ("cmp", "in", "null"):
        return {tree[1]}
    return set().union(*(columns(part) for part in tree[1:]))


def literal_text(literal, source=None):
    """A number may stand bare; anything may stand in quotes."""
    shown = literal.decode()
    bare = literal.isdigit() and (source is None or source.random() < 0.5)
    return shown if bare else "'" + shown.replace("'", "''") + "'"


def text(tree, source=None):
    quote = lambda name: '"' + name.replace('"', '""') + '"' if source and source.random() < 0.5 else name
    word = lambda key: key.lower() if source and source.random() < 0.5 else key
    kind = tree[0]
    if kind == "cmp":
        return f"{quote(tree[1])} {tree[2]} {literal_text(tree[3], source)}"
    if kind == "in":
        return f"{quote(tree[1])} {word('IN')} ({', '.join(literal_text(item, source) for item in tree[2])})"
    if kind == "null":
        return f"{quote(tree[1])} {word('IS NULL')}"
    if kind == "not":
        return f"{word('NOT')} ({text(tree[1], source)})"
    return f"({text(tree[1], source)}) {word(kind.upper())} ({text(tree[2], source)})"


def _key(kind, value):
    """What orders values: NaN is above all other numbers and equal to itself; text goes by bytes."""
    if kind.startswith("float"):
        if value == "nan":
            return (1, 0.0)
        number = struct.unpack("<f" if kind == "float32" else "<d", value)[0]
        return (0, number)
    return value


def _literal(kind, literal):
    state, value = values.decode(kind, literal, nulls=())
    assert state == "value", (kind, literal)
    return _key(kind, value)


def truth(tree, row):
    """`row` maps a column's name to its type and plain value."""
    kind = tree[0]
    if kind == "null":
        return row[tree[1]][1] is None
    if kind in ("cmp", "in"):
        of_column, value = row[tree[1]]
        if value is None:
            return None
        value = _key(of_column, value)
        if kind == "in":
            return any(value == _literal(of_column, item) for item in tree[2])
        other = _literal(of_column, tree[3])
        return {"=": value == other, "!=": value != other, "<": value < other, "<=": value <= other,
                ">": value > other, ">=": value >= other}[tree[2]]
    parts = [truth(part, row) for part in tree[1:]]
    if kind == "not":
        return None if parts[0] is None else not parts[0]
    if kind == "and":
        return False if False in parts else None if None in parts else True
    return True if True in parts else None if None in parts else False


def draw(source, pool, depth=2):
    """A random tree; `pool` maps names of columns to texts that are values of them."""
    if depth and source.random() < 0.6:
        kind = source.choice(["and", "or", "or", "not"])
        return (kind, *(draw(source, pool, depth - 1) for _ in range(1 if kind == "not" else 2)))
    name = source.choice(sorted(pool))
    if not pool[name] or source.random() < 0.15:
        return ("null", name)
    if source.random() < 0.3:
        return ("in", name, source.choices(pool[name], k=source.randint(1, 5)))
    return ("cmp", name, source.choice(OPS), source.choice(pool[name]))
